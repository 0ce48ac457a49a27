"""How Taiwan says what a Mandarin dictionary's first entry says otherwise.

Readings follow the Ministry of Education's 國語一字多音審訂表, and where the people in a shop
say something else, people: 咖哩 is gālí there, 刈包 guàbāo, 黑輪 the Taiwanese ō-lián. Tones are
digits, 5 the neutral one. Tone sandhi is not written here; `pinyin.py` applies it.
"""

CHARACTERS = {
    # Taiwan's standard where the mainland's differs.
    "微": "wei2", "綜": "zong4", "質": "zhi2", "期": "qi2", "企": "qi4", "液": "ye4",
    "息": "xi2", "惜": "xi2", "昔": "xi2", "夕": "xi4", "酪": "luo4", "血": "xie3",
    "熟": "shou2", "淑": "shu2", "叔": "shu2", "突": "tu2", "識": "shi4", "帆": "fan2",
    "蝸": "gua1", "酵": "xiao4", "儲": "chu2", "危": "wei2", "擊": "ji2", "攜": "xi1",
    "髮": "fa3", "播": "bo4", "偽": "wei4", "究": "jiu4", "俄": "e4", "諷": "feng4",
    "夾": "jia2", "菌": "jun4", "檔": "dang3", "櫛": "jie2", "蜇": "zhe2",
    # The kitchen's reading where the dictionary's first one is another.
    "乾": "gan1", "干": "gan1", "炸": "zha2", "噌": "zeng1", "蛤": "ge2", "蚵": "e2",
    "焢": "kong4", "爌": "kong4", "削": "xiao1", "肋": "lei4", "薄": "bo2", "刨": "bao4",
    "麴": "qu2", "鯖": "qing1", "參": "shen1", "調": "tiao2", "切": "qie1", "脯": "fu3",
    "散": "san3", "長": "chang2", "丼": "dong4", "佛": "fo2", "杓": "shao2", "曲": "qu3",
    "擔": "dan4", "著": "zhe5", "喔": "o5", "鯽": "ji4", "蜆": "xian3", "筴": "jia2",
    "臊": "sao4", "葚": "shen4", "茸": "rong2", "豉": "chi3", "匙": "chi2", "哇": "wa1",
    "嗯": "en1",
}  # fmt: skip

WORDS = {
    # 和 is hàn between two things, and hé in what came by way of Japan, and in peace.
    "和": "han4", "和牛": "he2 niu2", "和風": "he2 feng1", "和食": "he2 shi2",
    "和室": "he2 shi4", "和菓子": "he2 guo3 zi5", "大和": "da4 he2", "昭和": "zhao1 he2",
    "和平": "he2 ping2", "溫和": "wen1 he2", "暖和": "nuan3 huo5",
    "和牛奶": "han4 niu2 nai3",
    # Taiwanese in everybody's mouth, as near as Mandarin syllables come to it; its second tone
    # (仔, 輪) falls as the fourth does here.
    "蚵仔": "o2 a4", "黑輪": "o1 lian4", "刈包": "gua4 bao1", "割包": "gua4 bao1",
    # As Taiwan reads them.
    "漂白": "piao3 bai2", "味醂": "wei4 lin2",
    # 子 is short behind most nouns, and full where it means a seed, an egg or a child.
    "瓜子": "gua1 zi3", "松子": "song1 zi3", "蓮子": "lian2 zi3", "親子": "qin1 zi3",
    "魚子": "yu2 zi3", "子薑": "zi3 jiang1", "仔細": "zi3 xi4", "王子": "wang2 zi3",
    "太子": "tai4 zi3", "玉子": "yu4 zi3", "決明子": "jue2 ming2 zi3",
    "覆盆子": "fu4 pen2 zi3", "破布子": "po4 bu4 zi3", "豬子排": "zhu1 zi3 pai2",
    # The other neutral tones that Taiwan keeps; they are far fewer than Beijing's.
    "謝謝": "xie4 xie5", "饅頭": "man2 tou5", "蘿蔔": "luo2 bo5", "什麼": "she2 me5",
    "覺得": "jue2 de5",
    # Words whose characters are read otherwise elsewhere.
    "垃圾": "le4 se4", "什錦": "shi2 jin3", "咖哩": "ga1 li2", "咖喱": "ga1 li2",
    "牛軋": "niu2 ga2", "番茄": "fan1 qie2", "蕃茄": "fan1 qie2", "茄": "qie2", "雪茄": "xue3 jia1",
    "薄荷": "bo4 he2", "荸薺": "bi2 qi2", "法國": "fa4 guo2", "法式": "fa4 shi4",
    "法棍": "fa4 gun4", "乾隆": "qian2 long2", "炸彈": "zha4 dan4", "爆炸": "bao4 zha4",
    "參加": "can1 jia1", "重慶": "chong2 qing4", "雙重": "shuang1 chong2",
    "店長": "dian4 zhang3", "船長": "chuan2 zhang3", "成長": "cheng2 zhang3",
    "銀行": "yin2 hang2", "音樂": "yin1 yue4", "會計": "kuai4 ji4", "首都": "shou3 du1",
    "便宜": "pian2 yi2", "單調": "dan1 diao4", "少年": "shao4 nian2",
    "少女": "shao4 nv3", "愛好": "ai4 hao4", "要求": "yao1 qiu2", "中獎": "zhong4 jiang3",
    "分量": "fen4 liang4", "一切": "yi1 qie4", "嘔吐": "ou3 tu4", "相片": "xiang4 pian4",
    "著名": "zhu4 ming2", "睡覺": "shui4 jiao4", "紹興": "shao4 xing1", "朝日": "zhao1 ri4",
    "五更": "wu3 geng1", "羅勒": "luo2 le4", "酢醬": "zha2 jiang4",
}  # fmt: skip

# Words that stay together, so that third tones meet inside them first (炒‧米粉, 小‧水餃).
TOGETHER = """
牛肉 豬肉 羊肉 雞肉 鴨肉 魚肉 火雞 肉燥 控肉 焢肉 爌肉 米粉 米糕 米血 冬粉 板條 粄條 麵線
意麵 油麵 烏龍麵 拉麵 炒飯 炒麵 水餃 鍋貼 煎餃 湯包 肉包 菜包 燒賣 油餅 抓餅 蛋餅 燒餅 潤餅
胡椒 飯糰 油條 豆漿 米漿 紅茶 綠茶 青茶 烏龍 奶茶 鮮奶 奶綠 奶蓋 珍珠 波霸 仙草 愛玉 粉圓
芋圓 布丁 椰果 檸檬 冬瓜 金桔 百香果 芒果 水果 蘋果 鳳梨 火龍果 木瓜 西瓜 草莓 冰沙 拿鐵
美式 摩卡 養樂多 汽水 可樂 雪碧 啤酒 高粱 米酒 清酒 紹興 台灣 臺灣 金牌 套餐 便當 雞排 雞腿
雞翅 豬排 排骨 豬腳 豬血 大腸 臭豆腐 皮蛋 豆腐 豆花 豆干 豆乾 海帶 滷蛋 滷味 滷肉 貢丸 魚丸
花枝 虱目魚 鱔魚 魷魚 小卷 酸辣 蛋花 玉米 濃湯 青菜 空心菜 高麗菜 地瓜 甜不辣 鹽酥雞 鹹酥雞
三杯雞 四季豆 宮保 糖醋 紅燒 清燉 麻辣 椒麻 火鍋 鴨血 壽司 生魚片 漢堡 三明治 薯條 沙拉 蛋糕
鬆餅 雪花 湯圓 芋頭 杏仁 花生 芝麻 紅豆 綠豆 薏仁 蜂蜜 黑糖 無糖 微糖 半糖 少糖 全糖 少冰
微冰 去冰 正常 大杯 中杯 小杯 大碗 小碗 大份 小份 不要 加辣 小辣 中辣 大辣 老闆 您好 我要點
招牌 特製 綜合 原味 古早 傳統 總匯 手工 手打 水煮 水晶 五穀 五香 九層塔 桂圓 海鮮 海產 海苔
干貝 北海道 泡菜 韓式 日式 泰式 港式 老薑 薑母鴨 土雞 土魠魚 三寶 四寶 八寶 什錦 米其林
""".split()  # noqa: SIM905

NUMBER = "[零〇一二兩三四五六七八九十百千萬半幾]+"
MEASURE = "[杯碗盤個份支枝串瓶罐顆粒片塊條隻客籠盒包壺鍋組打根碟桶袋球捲卷尾枚朵層張手盅套吋人入]"

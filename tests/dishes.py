"""Real dishes and drinks of Taiwan, as menus print them and as a customer says them.

Each line: the menu's name, the measure word a customer uses when the quantity counts what the
menu sells, and, where the name is not spoken as it is printed, how it is spoken. Shared by the
tests of what is said, of the engines and of their phonemes, and by the benchmarks.
"""

from typing import NamedTuple


class Dish(NamedTuple):
    name: str
    measure_word: str
    spoken_otherwise: str | None = None

    @property
    def spoken(self) -> str:
        """The name as it is said in a sentence."""
        return self.spoken_otherwise or self.name


NOODLES = (
    Dish("牛肉麵", "碗"),
    Dish("牛肉湯麵", "碗"),
    Dish("陽春麵", "碗"),
    Dish("麻醬麵", "碗"),
    Dish("擔仔麵", "碗"),
    Dish("榨菜肉絲麵", "碗"),
    Dish("鍋燒意麵", "碗"),
    Dish("蚵仔麵線", "碗"),
    Dish("豚骨拉麵", "碗"),
    Dish("餛飩麵", "碗"),
    Dish("米粉湯", "碗"),
    Dish("客家粄條", "碗"),
    Dish("米苔目", "碗"),
    Dish("沙茶羊肉炒麵", "盤"),
    Dish("炒米粉", "盤"),
    Dish("炒烏龍麵", "盤"),
    Dish("白醬義大利麵", "盤"),
    Dish("涼麵", "份"),
    Dish("黑胡椒鐵板麵", "份"),
)

RICE = (
    Dish("滷肉飯", "碗"),
    Dish("嘉義火雞肉飯", "碗"),
    Dish("控肉飯", "碗"),
    Dish("白飯", "碗"),
    Dish("台南虱目魚粥", "碗"),
    Dish("皮蛋瘦肉粥", "碗"),
    Dish("牛丼", "碗"),
    Dish("油飯", "碗"),
    Dish("蝦仁炒飯", "盤"),
    Dish("牛肉燴飯", "盤"),
    Dish("日式豬排咖哩飯", "盤"),
    Dish("三寶飯", "份"),
    Dish("蛋包飯", "份"),
    Dish("海南雞飯", "份"),
    Dish("筒仔米糕", "個"),
    Dish("北部粽", "顆"),
    Dish("排骨便當", "個"),
    Dish("雞腿飯", "份"),
)

SOUPS = (
    Dish("貢丸湯", "碗"),
    Dish("酸辣湯", "碗"),
    Dish("四神湯", "碗"),
    Dish("香菇肉羹", "碗"),
    Dish("蛤蜊湯", "碗"),
    Dish("玉米濃湯", "碗"),
    Dish("肉骨茶", "碗"),
    Dish("鹹豆漿", "碗"),
)

DUMPLINGS_AND_BUNS = (
    Dish("小籠包", "籠"),
    Dish("小籠湯包", "籠"),
    Dish("蟹黃湯包", "籠"),
    Dish("花素蒸餃", "籠"),
    Dish("韭菜水餃", "份"),
    Dish("高麗菜水餃（10顆）", "份", "十顆的高麗菜水餃"),
    Dish("招牌鍋貼", "份"),
    Dish("紅油抄手", "份"),
    Dish("鮮肉包", "個"),
    Dish("叉燒包", "個"),
    Dish("水煎包", "個"),
    Dish("刈包", "個"),
    Dish("胡椒餅", "個"),
    Dish("黑糖饅頭", "個"),
    Dish("彰化肉圓", "顆"),
    Dish("蔥油餅", "份"),
    Dish("春捲", "條"),
    Dish("潤餅", "捲"),
)

BREAKFAST = (
    Dish("原味蛋餅", "份"),
    Dish("玉米起司蛋餅", "份"),
    Dish("蔥抓餅加蛋", "份"),
    Dish("燒餅油條", "份"),
    Dish("燒餅夾蛋", "個"),
    Dish("油條", "條"),
    Dish("紫米飯糰", "個"),
    Dish("鮪魚三明治", "個"),
    Dish("火腿蛋吐司", "份"),
    Dish("花生厚片", "片"),
    Dish("香雞漢堡", "個"),
    Dish("蘿蔔糕", "份"),
    Dish("薯餅", "片"),
    Dish("茶葉蛋", "顆"),
    Dish("荷包蛋", "顆"),
    Dish("鮮奶饅頭夾蛋", "個"),
    Dish("豆漿", "杯"),
    Dish("冰米漿", "杯"),
)

NIGHT_MARKET = (
    Dish("大腸包小腸", "份"),
    Dish("蚵仔煎", "份"),
    Dish("臭豆腐", "份"),
    Dish("豪大雞排", "份"),
    Dish("XL 雞排", "份", "XL雞排"),
    Dish("鹽酥雞", "份"),
    Dish("地瓜球", "份"),
    Dish("章魚燒", "份"),
    Dish("雞蛋糕", "份"),
    Dish("紅豆車輪餅", "個"),
    Dish("棺材板", "份"),
    Dish("烤香腸", "條"),
    Dish("豬血糕", "支"),
    Dish("烤玉米", "支"),
    Dish("冰糖葫蘆", "串"),
    Dish("羊肉串", "串"),
    Dish("七里香", "串"),
    Dish("烤雞翅", "支"),
    Dish("黑輪", "支"),
    Dish("薯條（大）", "份", "大份薯條"),
)

BRAISED_AND_SIDES = (
    Dish("綜合滷味", "份"),
    Dish("滷蛋", "顆"),
    Dish("滷豆干", "份"),
    Dish("海帶", "份"),
    Dish("燙青菜", "盤"),
    Dish("炒高麗菜", "盤"),
    Dish("皮蛋豆腐", "份"),
    Dish("涼拌小黃瓜", "份"),
    Dish("三杯雞", "份"),
    Dish("啤酒鴨", "份"),
    Dish("嘴邊肉", "份"),
    Dish("滷雞腿", "支"),
    Dish("甕仔雞", "隻"),
)

POTS_AND_SETS = (
    Dish("麻辣火鍋", "鍋"),
    Dish("牛奶鍋", "鍋"),
    Dish("臭臭鍋", "鍋"),
    Dish("薑母鴨", "鍋"),
    Dish("羊肉爐", "鍋"),
    Dish("沙朗牛排", "客"),
    Dish("A 套餐", "份", "A套餐"),
    Dish("雙人套餐", "份"),
    Dish("2號餐", "份", "二號餐"),
    Dish("早午餐拼盤", "份"),
    Dish("瑪格麗特披薩", "個"),
    Dish("綜合握壽司", "份"),
    Dish("雞腿便當(微辣)", "個", "雞腿便當微辣"),
)

TEAS_AND_DRINKS = (
    Dish("珍珠奶茶", "杯"),
    Dish("珍珠奶茶（大杯）半糖少冰", "杯", "大杯珍珠奶茶半糖少冰"),
    Dish("珍珠奶茶(L)", "杯", "大杯珍珠奶茶"),
    Dish("四季春 微糖去冰", "杯", "四季春微糖去冰"),
    Dish("多多綠茶", "杯"),
    Dish("冬瓜檸檬", "杯"),
    Dish("黑糖鮮奶", "杯"),
    Dish("木瓜牛奶", "杯"),
    Dish("西瓜汁", "杯"),
    Dish("芒果冰沙", "杯"),
    Dish("紅茶拿鐵", "杯"),
    Dish("冰美式", "杯"),
    Dish("美式咖啡（熱）", "杯", "熱美式咖啡"),
    Dish("卡布奇諾", "杯"),
    Dish("紅茶(冰/熱)", "杯", "紅茶"),
    Dish("可樂", "罐"),
    Dish("可樂(中杯)", "杯", "中杯可樂"),
    Dish("瓶裝可樂", "瓶"),
    Dish("台灣啤酒", "瓶"),
    Dish("台灣啤酒(罐裝)", "罐", "罐裝台灣啤酒"),
    Dish("金牌啤酒大瓶", "瓶", "大瓶金牌啤酒"),
    Dish("生啤酒", "杯"),
    Dish("礦泉水", "瓶"),
    Dish("金門高粱", "瓶"),
    Dish("高山烏龍茶（壺）", "壺", "高山烏龍茶"),
)

SWEETS_AND_FRUIT = (
    Dish("花生豆花", "碗"),
    Dish("芒果剉冰", "碗"),
    Dish("雪花冰", "碗"),
    Dish("燒仙草", "碗"),
    Dish("紅豆湯圓", "碗"),
    Dish("愛玉冰", "碗"),
    Dish("奶茶蛋糕", "塊"),
    Dish("草莓千層", "塊"),
    Dish("提拉米蘇", "塊"),
    Dish("鳳梨酥", "個"),
    Dish("葡式蛋塔", "個"),
    Dish("焦糖布丁", "個"),
    Dish("菠蘿麵包", "個"),
    Dish("牛奶霜淇淋", "支"),
    Dish("冰棒", "支"),
    Dish("香草冰淇淋", "份"),
    Dish("草莓鬆餅", "份"),
    Dish("花生捲冰淇淋", "份"),
    Dish("綜合水果", "份"),
    Dish("蘋果", "顆"),
    Dish("香蕉", "根"),
    Dish("餅乾", "包"),
)

ENGLISH = (
    Dish("Latte", "杯"),
    Dish("Iced Americano", "杯", "冰Americano"),
    Dish("Bubble Milk Tea", "杯"),
    Dish("Cheese Burger", "個"),
    Dish("Latte (Hot)", "杯", "熱Latte"),
    Dish("Cheesecake", "塊"),
    Dish("Fish & Chips", "份", "Fish and Chips"),
    Dish("牛肉麵 (Beef Noodle Soup)", "碗", "牛肉麵"),
    Dish("B餐 Cheese Burger", "份", "B餐Cheese Burger"),
    Dish("７－１１ 御飯糰", "個", "7-11御飯糰"),
)

DISHES = (
    *NOODLES,
    *RICE,
    *SOUPS,
    *DUMPLINGS_AND_BUNS,
    *BREAKFAST,
    *NIGHT_MARKET,
    *BRAISED_AND_SIDES,
    *POTS_AND_SETS,
    *TEAS_AND_DRINKS,
    *SWEETS_AND_FRUIT,
    *ENGLISH,
)

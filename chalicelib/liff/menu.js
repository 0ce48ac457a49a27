/** The sample shop. Names are in the order of `TONGUES`; prices are multiples of 0.5 TWD, null where not known. */
const TONGUES = ["zh-TW", "en", "ja", "ko", "th", "vi", "id"];

const named = (names) => Object.fromEntries(TONGUES.map((tongue, at) => [tongue, names[at]]));
const dish = (id, price, ...names) => ({ id, price, names: named(names) });

export const SHOP = {
  id: "sample-fuqi",
  names: named([
    "福氣小吃",
    "Fuqi Eatery",
    "福気食堂",
    "푸치 식당",
    "ร้านฝูชี่",
    "Quán Phúc Khí",
    "Kedai Fuqi",
  ]),
};

export const MENU = [
  {
    id: "staples",
    names: named(["麵飯", "Noodles & rice", "麺・ご飯", "면·밥", "เส้นและข้าว", "Mì & cơm", "Mi & nasi"]),
    dishes: [
      dish("beef-noodles", 180, "紅燒牛肉麵", "Braised beef noodle soup", "牛肉麺（醤油煮込み）", "홍샤오 우육면", "ก๋วยเตี๋ยวเนื้อตุ๋นน้ำแดงไต้หวัน", "Mì bò hầm nước tương kiểu Đài Loan", "Mi kuah sapi rebus kecap"),
      dish("braised-pork-rice", 45, "滷肉飯", "Braised pork rice", "ルーローハン（豚そぼろ煮込みご飯）", "루러우판 (돼지고기조림 덮밥)", "ข้าวหน้าหมูสับพะโล้", "Cơm thịt heo kho băm", "Nasi babi cincang kecap"),
      dish("chicken-rice", 50, "雞肉飯", "Shredded chicken rice", "鶏肉飯（ジーローハン）", "지러우판 (닭고기 덮밥)", "ข้าวหน้าไก่ฉีก", "Cơm gà xé", "Nasi ayam suwir"),
      dish("sesame-noodles", 55, "麻醬麵", "Sesame sauce noodles", "ゴマだれ麺", "참깨장 비빔국수", "บะหมี่คลุกซอสงา", "Mì trộn sốt mè", "Mi saus wijen"),
      dish("egg-fried-rice", 80, "蛋炒飯", "Egg fried rice", "卵チャーハン", "달걀볶음밥", "ข้าวผัดไข่", "Cơm chiên trứng", "Nasi goreng telur"),
    ],
  },
  {
    id: "snacks",
    names: named(["小吃", "Small dishes", "小皿料理", "간단한 요리", "ของกินเล่น", "Món ăn vặt", "Camilan"]),
    dishes: [
      dish("soup-dumplings", 120, "小籠包", "Soup dumplings (xiaolongbao)", "小籠包（ショウロンポー）", "샤오룽바오", "เสี่ยวหลงเปา", "Tiểu long bao", "Xiao long bao (pangsit kuah)"),
      dish("oyster-omelette", 75, "蚵仔煎", "Oyster omelette", "牡蠣オムレツ（オアチェン）", "굴전 (어아젠)", "หอยนางรมทอดไข่สไตล์ไต้หวัน", "Trứng chiên hàu Đài Loan", "Telur dadar tiram"),
      dish("gua-bao", 60, "刈包", "Pork belly bun (gua bao)", "グアバオ（豚角煮バーガー）", "과바오 (삼겹살 찐빵)", "กัวเปา (หมั่นโถวไส้หมูสามชั้น)", "Bánh bao kẹp thịt ba chỉ", "Gua bao (roti kukus isi babi)"),
      dish("popcorn-chicken", 80, "鹽酥雞", "Salt and pepper popcorn chicken", "台湾風鶏の唐揚げ（塩胡椒）", "옌쑤지 (대만식 닭튀김)", "ไก่ทอดเกลือพริกไทยไต้หวัน", "Gà chiên giòn muối tiêu", "Ayam goreng lada garam"),
      dish("stinky-tofu", 65, "臭豆腐", "Stinky tofu", "臭豆腐", "취두부", "เต้าหู้เหม็น", "Đậu phụ thối", "Tahu busuk"),
      dish("greens", 40, "燙青菜", "Blanched greens", "茹で青菜", "데친 채소", "ผักลวกราดซอส", "Rau luộc", "Sayur rebus"),
      dish("braised-egg", 15, "滷蛋", "Soy-braised egg", "煮卵", "간장조림 달걀", "ไข่พะโล้", "Trứng kho", "Telur kecap"),
    ],
  },
  {
    id: "soups",
    names: named(["湯品", "Soups", "スープ", "국물", "ซุป", "Canh", "Sup"]),
    dishes: [
      dish("pork-ball-soup", 35, "貢丸湯", "Pork ball soup", "豚肉団子スープ", "돼지고기 완자탕", "ซุปลูกชิ้นหมู", "Canh thịt heo viên", "Sup bakso babi"),
      dish("fish-ball-soup", 35, "魚丸湯", "Fish ball soup", "魚団子スープ", "생선 완자탕", "ซุปลูกชิ้นปลา", "Canh cá viên", "Sup bakso ikan"),
      dish("hot-sour-soup", 40, "酸辣湯", "Hot and sour soup", "サンラータン（酸辣湯）", "쏸라탕", "ซุปเปรี้ยวเผ็ด", "Canh chua cay", "Sup asam pedas"),
    ],
  },
  {
    id: "drinks",
    names: named(["飲料", "Drinks", "飲み物", "음료", "เครื่องดื่ม", "Đồ uống", "Minuman"]),
    dishes: [
      dish("bubble-tea", 60, "珍珠奶茶", "Bubble milk tea", "タピオカミルクティー", "버블 밀크티", "ชานมไข่มุก", "Trà sữa trân châu", "Teh susu boba"),
      dish("winter-melon-tea", 30, "冬瓜茶", "Winter melon tea", "冬瓜茶", "동과차", "น้ำฟักเขียว", "Trà bí đao", "Teh kundur"),
      dish("green-tea", 30, "無糖綠茶", "Unsweetened green tea", "無糖緑茶", "무가당 녹차", "ชาเขียวไม่ใส่น้ำตาล", "Trà xanh không đường", "Teh hijau tanpa gula"),
      dish("soy-milk", 25, "豆漿", "Soy milk", "豆乳", "두유", "น้ำเต้าหู้", "Sữa đậu nành", "Susu kedelai"),
      dish("beer", 70, "台灣啤酒", "Taiwan Beer", "台湾ビール", "타이완 맥주", "เบียร์ไต้หวัน", "Bia Đài Loan", "Bir Taiwan"),
    ],
  },
  {
    id: "sweets",
    names: named(["甜點", "Desserts", "デザート", "디저트", "ของหวาน", "Tráng miệng", "Pencuci mulut"]),
    dishes: [
      dish("douhua", 45, "豆花", "Sweet tofu pudding", "豆花（トウファ）", "더우화 (두부 푸딩)", "เต้าฮวย", "Tàu hũ nước đường", "Kembang tahu manis"),
      dish("mango-ice", 120, "芒果冰", "Mango shaved ice", "マンゴーかき氷", "망고 빙수", "น้ำแข็งไสมะม่วง", "Đá bào xoài", "Es serut mangga"),
    ],
  },
];

/** Every dish by its id. */
export const DISHES = new Map(
  MENU.flatMap((section) => section.dishes.map((entry) => [entry.id, entry])),
);

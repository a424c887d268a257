"""Which stand-in plays which noun: a vocabulary in tables, and how nouns are found in a text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

STRONG: Mapping[str, Mapping[str, str]] = {
    "couple": {"couple": "couple, pair of people, bride and groom, newlyweds, lovers, twins"},
    "group": {
        "group": "friends, family, team, crowd, group, people, class, audience, orchestra, choir"
        ", men, women, girls, boys, children, kids, students, players, soldiers, beatles, band"
        ", musicians, dancers, runners, tourists, pedestrians, workers, parents, congregation",
    },
    "person": {
        "mannequin": "mannequin, dummy, dress form",
        "person": "person, man, woman, girl, boy, chef, dancer, runner, athlete, detective"
        ", astronaut, child, kid, lady, worker, musician, hero, barista, someone, king, queen"
        ", bride, groom, artist, doctor, nurse, skater, hiker, baby, toddler, father, mother, dad"
        ", mom, son, daughter, brother, sister, grandmother, grandfather, grandma, grandpa"
        ", soldier, knight, samurai, ninja, wizard, witch, pirate, cowboy, cowgirl, clown, monk"
        ", priest, judge, lawyer, politician, president, scientist, teacher, student, professor"
        ", farmer, fisherman, sailor, pilot, driver, firefighter, policeman, police officer, cop"
        ", businessman, businesswoman, gentleman, actor, actress, singer, guitarist, drummer"
        ", painter, photographer, writer, player, golfer, boxer, wrestler, swimmer, surfer, skier"
        ", snowboarder, gymnast, ballerina, cyclist, jogger, superhero, superman, batman, fairy"
        ", princess, prince, emperor, goddess, god, angel, elf, dwarf, mermaid, vampire, zombie"
        ", human, guy, dude, teenager, adult, elder, senior, customer, waiter, waitress, baker"
        ", gardener, engineer, builder, carpenter, plumber, mechanic, miner, hunter, archer"
        ", defendant, passenger, commuter, tourist, robot, android, cyborg, snowman, scarecrow"
        ", statue, sculpture, portrait of a woman, wife, husband, friend, hacker, warrior, viking"
        ", santa claus, santa, jesus, buddha, einstein, obama, mona lisa, marilyn monroe, lincoln"
        ", spiderman, spider-man, darth vader, harry potter, napoleon, elvis, gandalf, yoda"
        ", barack obama, abraham lincoln, michelle obama, albert einstein, geisha, pharaoh",
    },
    "animal": {
        "dog": "dog, puppy, pup, corgi, husky, poodle, labrador, retriever, terrier, bulldog"
        ", dachshund, beagle, saint bernard, shiba inu, shiba, dalmatian, chihuahua, pug, hound"
        ", german shepherd, shepherd, collie, doge, pet, greyhound, golden retriever",
        "cat": "cat, kitten, kitty, tabby, siamese, lynx",
        "horse": "horse, pony, foal, stallion, mare, unicorn, donkey, mule, pegasus, centaur",
        "zebra": "zebra",
        "cow": "cow, bull, ox, calf, cattle, buffalo, bison, yak, moose, wildebeest",
        "elephant": "elephant, mammoth",
        "giraffe": "giraffe",
        "rabbit": "rabbit, bunny, hare",
        "mouse": "mouse, rat, hamster, guinea pig, hedgehog, mole, porcupine, gerbil, armadillo"
        ", aardvark, anteater, opossum, chinchilla",
        "squirrel": "squirrel, chipmunk, beaver, otter, ferret, weasel, lemur, skunk, badger"
        ", meerkat, mongoose, platypus",
        "fox": "fox, coyote, jackal, raccoon, red panda",
        "wolf": "wolf, hyena, werewolf, dingo",
        "deer": "deer, stag, elk, reindeer, antelope, gazelle, fawn, doe, impala",
        "lion": "lion, lioness, sphinx, griffin",
        "tiger": "tiger, leopard, jaguar, panther, cheetah, puma, cougar, bobcat",
        "bear": "bear, polar bear, grizzly, teddy bear, koala, sloth, wombat",
        "panda": "panda, panda bear, giant panda",
        "pig": "pig, piglet, hog, boar, hippo, hippopotamus, warthog, capybara",
        "sheep": "sheep, lamb, ram, alpaca",
        "goat": "goat",
        "camel": "camel, llama, dromedary",
        "rhino": "rhino, rhinoceros, triceratops",
        "monkey": "monkey, ape, gorilla, chimpanzee, orangutan, baboon, chimp, gibbon",
        "kangaroo": "kangaroo, wallaby, t-rex, trex, tyrannosaurus, tyrannosaurus rex, velociraptor",
        "dinosaur": "dinosaur, stegosaurus, stegasaurus, brontosaurus, brachiosaurus, dragon"
        ", godzilla",
        "crocodile": "crocodile, alligator, lizard, gecko, iguana, chameleon, salamander, newt"
        ", komodo dragon",
        "animal": "animal, beast, creature, monster, mammal",
    },
    "bird": {
        "penguin": "penguin, puffin",
        "owl": "owl",
        "duck": "duck, duckling, goose, swan, seagull, gull, pelican, dove, pigeon",
        "chicken": "chicken, hen, rooster, turkey, chick, peacock, pheasant",
        "flamingo": "flamingo, stork, heron, crane bird, ostrich, emu, egret",
        "eagle": "eagle, hawk, falcon, vulture, condor, raven, crow, blackbird, phoenix",
        "parrot": "parrot, macaw, toucan, cockatoo, cardinal",
        "bird": "bird, robin, sparrow, bluebird, hummingbird, canary, finch, blue jay, bluejay"
        ", kingfisher, swallow, woodpecker, magpie, parakeet, warbler",
    },
    "fish": {
        "shark": "shark, stingray, swordfish",
        "whale": "whale, dolphin, orca, seal, walrus, manatee, sea lion",
        "fish": "fish, goldfish, koi, koi fish, salmon fish, trout, tuna, clownfish, carp, seahorse"
        ", jellyfish, octopus, squid, piranha, pufferfish, eel",
    },
    "insect": {
        "butterfly": "butterfly, moth",
        "bee": "bee, wasp, bumblebee, fly, mosquito, dragonfly, ladybug, firefly, beetle, hornet",
        "spider": "spider, ant, tarantula, scorpion, crab, lobster, grasshopper, cricket, shrimp"
        ", praying mantis, mantis, cockroach, insect, bug, crayfish, centipede",
    },
    "crawler": {
        "turtle": "turtle, tortoise, snail, clam, oyster",
        "frog": "frog, toad, tadpole",
        "snake": "snake, cobra, python, viper, worm, caterpillar, anaconda, serpent, rattlesnake",
    },
    "car": {
        "taxi": "taxi, cab, yellow cab",
        "suv": "suv, jeep, minivan, off-roader, station wagon, hatchback, police car, hearse",
        "sedan": "car, sedan, automobile, vehicle, roadster, coupe, sports car, sport car, corvette"
        ", ferrari, porsche, tesla, mustang, limousine, limo, convertible, race car, racecar"
        ", beetle car, lamborghini, supercar, bentley, rolls royce, cadillac, mercedes, bmw, audi"
        ", toyota, honda, ford, volvo, batmobile, delorean, sportscar, go-kart, cars",
    },
    "bus": {
        "bus": "bus, school bus, coach, trolley, tram, streetcar, double-decker, cable car",
        "train": "train, subway, locomotive, subway train, monorail, steam engine, railway",
        "van": "van, camper, caravan, motorhome, ambulance, food truck, rv, minibus, camper van",
        "truck": "truck, pickup, pickup truck, lorry, fire truck, semi, tank, dump truck, trailer"
        ", garbage truck, wagon, carriage, cart, fire engine, sleigh, chariot",
        "tractor": "tractor, bulldozer, excavator, forklift, harvester, digger, crane, combine",
    },
    "bike": {
        "bicycle": "bicycle, bike, tricycle, unicycle, scooter, penny-farthing, mountain bike"
        ", skateboard, wheelchair, bike rack, tandem",
        "motorbike": "motorbike, motorcycle, sport bike, moped, vespa, harley, dirt bike, segway"
        ", chopper",
    },
    "boat": {
        "ship": "ship, cruise ship, ferry, submarine, warship, titanic, tanker, steamboat, cruiser"
        ", aircraft carrier, battleship, tugboat, container ship, pirate ship",
        "rowboat": "rowboat, canoe, kayak, raft, gondola, dinghy, lifeboat, rowing boat",
        "sailboat": "boat, sailboat, yacht, sailing boat, catamaran, sloop, galleon, schooner"
        ", speedboat, motorboat, houseboat",
    },
    "plane": {
        "airliner": "airplane, aeroplane, plane, jet, aircraft, airliner, biplane, glider, drone"
        ", fighter jet, jumbo jet, seaplane, jetliner, boeing, concorde",
        "helicopter": "helicopter",
        "rocket": "rocket, spaceship, spacecraft, space shuttle, shuttle, missile, lunar lander"
        ", satellite, starship, enterprise, space station",
        "balloon": "hot air balloon, balloon, hot-air balloon, airship, blimp, zeppelin, ufo"
        ", flying saucer, parachute",
    },
    "bottle": {
        "perfume": "perfume, cologne, fragrance, flacon, serum, nail polish, eau de toilette",
        "can": "can, soda, tin, cola, coke, spray can, soda can, energy drink, pepsi",
        "jar": "jar, honey, jam, candle, skincare, face cream, moisturizer, cream jar, ketchup"
        ", peanut butter, mustard, pickles",
        "tube": "tube, lotion, toothpaste, sunscreen, ointment, hand cream",
        "bottle": "bottle, shampoo, whisky, whiskey, cosmetics, cosmetic, olive oil, champagne"
        ", water bottle, vodka, rum, gin, wine bottle, beer bottle, bottle of wine, detergent"
        ", bottle of beer, sake, syrup, hot sauce, thermos, product, packaging, milk bottle"
        ", bottle of milk, vinegar, soy sauce, tequila, flask, liquor, potion",
    },
    "cup": {
        "cup": "cup, mug, coffee, tea, espresso, latte, cappuccino, teacup, coffee cup, cocoa"
        ", hot chocolate, matcha, mocha, chai, macchiato, cups of coffee",
        "teapot": "teapot, kettle, coffee pot, watering can, jug, pitcher, teakettle",
    },
    "glass": {
        "wine": "wine, glass of wine, wine glass, red wine, white wine, goblet, chalice, sangria",
        "cocktail": "cocktail, martini, margarita, mojito, daiquiri, old-fashioned, negroni",
        "beer": "beer, pint, ipa, ale, lager, stout, glass of beer, root beer, cider",
        "juice": "juice, lemonade, smoothie, milkshake, glass, glass of water, iced tea, drink"
        ", orange juice, glass of milk, milk, water glass, beverage, boba, bubble tea, iced coffee"
        ", mimosa, punch",
    },
    "watch": {
        "watch": "watch, wristwatch, wrist watch, pocket watch, stopwatch, smartwatch, bracelet"
        ", timepiece",
        "clock": "clock, alarm clock, compass, sundial, grandfather clock, wall clock",
    },
    "phone": {
        "phone": "phone, smartphone, cellphone, cell phone, iphone, mobile phone, telephone"
        ", calculator, remote control, mobile, walkie-talkie",
        "tablet": "tablet, ipad, kindle, e-reader, playing card",
    },
    "shoe": {
        "sneaker": "sneaker, trainer, running shoe, tennis shoe",
        "boot": "boot, rain boot, cowboy boot, hiking boot, galosh",
        "shoe": "shoe, pump, heel, high heel, loafer, sandal, slipper, moccasin, footwear",
    },
    "book": {
        "book": "book, notebook, novel, magazine, bible, diary, dictionary, newspaper, box, package"
        ", letter, gift, present, envelope, passport",
        "laptop": "laptop, computer, macbook, keyboard, typewriter, pc",
        "camera": "camera, dslr, polaroid, film camera, webcam, camcorder",
        "bag": "bag, handbag, purse, backpack, suitcase, briefcase, basket, tote, luggage",
    },
    "food": {
        "burger": "burger, hamburger, cheeseburger, bagel, slider, big mac",
        "cake": "cake, cupcake, dessert, pie, pastry, tart, cheesecake, birthday cake, muffin"
        ", pancake, waffle, brownie, wedding cake, donut, doughnut, pudding, tiramisu, cookie"
        ", chocolate cake, macaron, gingerbread house, apple pie, crepe, macaroon",
        "pizza": "pizza, quiche, flatbread, tortilla, calzone",
        "bowl": "soup, ramen, noodle, bowl, pho, stew, curry, cereal, salad, rice, chili, porridge"
        ", oatmeal, chicken pho, bibimbap, popcorn, guacamole, salsa, ramen noodles, punch bowl",
        "bread": "bread, loaf, baguette, croissant, toast, bun, pretzel, roll, hot dog, hotdog"
        ", burrito, garlic bread, breadstick",
        "sandwich": "sandwich, panini, toastie, club sandwich, quesadilla, blt, wrap",
        "ice cream": "ice cream, gelato, popsicle, sundae, ice-cream, sorbet, frozen yogurt",
        "sushi": "sushi, sashimi, maki, nigiri, dim sum, dumpling",
        "eggs": "egg, omelette, fried egg, bacon, breakfast, eggs benedict",
        "plate": "food, dish, meal, pasta, spaghetti, steak, dinner, lunch, plate, taco, nacho"
        ", tortilla chip, chip, fries, french fries, lasagna, kebab, paella, chicken wings, tofu"
        ", fried chicken, roast, meatball, casserole, barbecue, ham, sausage, cheese, snack, brunch"
        ", mashed potatoes, gravy, meat, seafood, feast, chocolate, candy, stir fry, fried rice",
    },
    "produce": {
        "apple": "apple, fruit, pomegranate, fruits",
        "orange": "orange, tangerine, grapefruit, mandarin, clementine, persimmon, apricot",
        "tomato": "tomato, radish, beet, beetroot",
        "lemon": "lemon, lime, quince",
        "peach": "peach, mango, nectarine, papaya, pear",
        "cherry": "cherry, strawberry, raspberry, cranberry, plum, blueberry, blackberry, berry",
        "watermelon": "watermelon, melon, cantaloupe, coconut, honeydew",
        "avocado": "avocado, kiwi, olive, fig, durian",
        "potato": "potato, onion, garlic, ginger, turnip, walnut, nut, almond, peanut, truffle"
        ", sweet potato, yam",
        "banana": "banana, plantain",
        "pumpkin": "pumpkin, squash, gourd, jack-o-lantern, jack-o'-lantern",
        "grapes": "grape, bunch of grapes, currant",
        "pineapple": "pineapple, artichoke, dragonfruit, dragon fruit",
        "carrot": "carrot, parsnip, sweetcorn, corn, maize, corn on the cob",
        "pepper": "pepper, cucumber, zucchini, asparagus, celery, chili pepper, bean, pea, leek"
        ", eggplant, aubergine, bell pepper, pickle, courgette",
        "cabbage": "cabbage, broccoli, cauliflower, lettuce, kale, spinach, vegetable, brussels"
        " sprout, bok choy, vegetables, produce",
    },
    "plant": {
        "bloom": "rose, sunflower, tulip, daisy, lily, orchid, dandelion, lotus, poppy, bloom"
        ", flower, iris, daffodil, carnation, hibiscus, marigold, blossom, water lily, peony"
        ", lavender, clover",
        "bouquet": "bouquet, flowers, roses, tulips, daisies, sunflowers, lilies, flower"
        " arrangement, wreath, vase of flowers, flowers in a vase, poppies, wildflowers, orchids",
        "vase": "vase, urn, amphora",
        "cactus": "cactus, succulent, aloe, saguaro, cacti",
        "leaf": "leaf, maple leaf, lily pad, four leaf clover, seedling, sprout, feather",
        "mushroom": "mushroom, toadstool, fungus",
        "pot": "plant, potted plant, houseplant, fern, bush, shrub, bamboo, ivy, bonsai, hedge"
        ", houseplants, plants, flower pot, herb, basil, mint, venus flytrap",
    },
    "tree": {
        "conifer": "pine, fir, spruce, christmas tree, pine tree, conifer, redwood, cedar, sequoia",
        "palm": "palm, palm tree, coconut tree, coconut palm",
        "leafy": "tree, oak, oak tree, apple tree, willow, maple tree, cherry tree, birch, elm"
        ", tree trunk, trunk, stump, baobab, treehouse, branch, maple, log, orchard, cherry blossom",
    },
    "furniture": {
        "armchair": "armchair, throne, recliner, rocking chair",
        "sofa": "sofa, couch, bench, loveseat, pew, futon",
        "chair": "chair, stool, dining chair, bar stool, furniture, ladder, swing, high chair",
        "table": "table, dining table, coffee table, counter, workbench, picnic table, pool table"
        ", nightstand, kitchen island, altar, ping pong table",
        "desk": "desk, reception desk, workstation",
        "bed": "bed, bunk bed, crib, cradle, mattress, hammock, coffin",
        "lamp": "lamp, floor lamp, street lamp, lantern, lightbulb, light bulb, chandelier, torch"
        ", streetlight, lamp post, lamppost, street light, traffic light, stop sign, sign, parasol"
        ", umbrella, flag, parking meter, hydrant, fire hydrant, mailbox, microphone, flagpole"
        ", road sign, no parking sign, signpost",
        "shelf": "shelf, bookcase, bookshelf, cabinet, wardrobe, dresser, cupboard, closet, drawer"
        ", bookshelves, locker, chest of drawers, vending machine, refrigerator shelf",
        "piano": "piano, grand piano, upright piano, organ, harpsichord, pipe organ",
        "bath": "bathtub, bath, tub, sink, jacuzzi, hot tub, fountain, basin",
        "toilet": "toilet, bidet, urinal",
        "oven": "oven, stove, dishwasher, washing machine, washer, dryer, fireplace, hearth"
        ", microwave, grill",
        "fridge": "fridge, refrigerator, freezer, phone booth, door, elevator, telephone booth",
        "fan": "ceiling fan, fan",
        "screen": "television, tv, monitor, whiteboard, blackboard, chalkboard, projector, billboard"
        ", painting, picture frame, mirror, window, poster, mural, tapestry, map, paintings",
    },
    "building": {
        "lighthouse": "lighthouse",
        "skyscraper": "skyscraper, empire state building, office building, apartment building"
        ", hotel, tower block, high-rise, chrysler building, skyscrapers, tower, bell tower"
        ", space needle, cn tower, big ben, burj khalifa",
        "castle": "castle, palace, fortress, fort, disneyland, hogwarts, citadel, kremlin",
        "church": "church, chapel, cathedral, temple, mosque, monastery, basilica, notre dame"
        ", shrine, pagoda, taj mahal, synagogue, abbey, sagrada familia",
        "bridge": "bridge, golden gate bridge, aqueduct, pier, viaduct, dam, brooklyn bridge"
        ", roller coaster, railway bridge, boardwalk, dock",
        "windmill": "windmill, wind turbine, ferris wheel, watermill, water mill, turbine",
        "monument": "monument, column, obelisk, statue of liberty, tombstone, gravestone, memorial"
        ", great wall, arch, stonehenge, arc de triomphe, colosseum, gateway arch, pillar, ruins",
        "pyramid": "pyramid, ziggurat, tent, teepee, igloo, sphinx of giza, great pyramid, tipi",
        "lattice tower": "eiffel tower, radio tower, pylon, water tower, oil rig",
        "house": "building, house, cabin, villa, home, barn, cottage, hut, shack, bungalow, mansion"
        ", shop, store, garage, gas station, storefront, store front, factory, shed, farmhouse"
        ", school, library building, museum, station, train station, chalet, gazebo, facade, roof"
        ", bakery, supermarket, bank, hospital, dollhouse, birdhouse, doghouse, architecture"
        ", townhouse, stadium, warehouse, kiosk, sydney opera house, opera house, greenhouse"
        ", log cabin, inn, motel, mailroom, restaurant building, fence, gate, wall, capitol"
        ", white house, stage, arena, airport, observatory",
    },
}
"""What a picture can be about; the first of these in the text is its subject."""

WEAK: Mapping[str, Mapping[str, str]] = {
    "landscape": {
        "mountain": "landscape, mountain, valley, hill, vista, waterfall, canyon, volcano, cliff"
        ", glacier, scenery, alps, peak, mount everest, mount fuji, mountainside, grand canyon"
        ", mountain range, hillside, ridge, iceberg, cave, crater",
        "lake": "lake, river, pond, stream, canal, lakeside, swamp, wetland, bay, marina, harbor"
        ", harbour, creek, riverbank, waterway",
        "forest": "forest, woods, jungle, rainforest, nature, woodland, bamboo forest, grove",
        "beach": "beach, sea, ocean, coast, shore, island, wave, coastline, seashore, reef, surf",
        "desert": "desert, dune, oasis, savanna, savannah, mars, moonscape, sand",
        "field": "meadow, field, garden, park, farm, countryside, prairie, vineyard, lawn, grass"
        ", playground, hedge maze, maze, golf course, tennis court, cemetery, pasture, backyard"
        ", path, trail, yard, soccer field, football field, wheat field, campsite, zen garden",
        "city": "city, street, skyline, road, highway, alley, downtown, town, village, cityscape"
        ", intersection, crosswalk, sidewalk, market, plaza, new york, times square, square"
        ", neighborhood, freeway, parking lot, paris, tokyo, london, venice, carnival, fair"
        ", construction site, racetrack, bus stop, traffic, manhattan, san francisco, theme park",
        "sky": "sky, cloud, sunset, sunrise, moon, planet, galaxy, star, sun, rainbow, lightning"
        ", storm, tornado, aurora, northern lights, fireworks, milky way, earth, nebula, comet"
        ", eclipse, jupiter, saturn, solar system, night sky, universe, space, meteor, horizon"
        ", contrail, chemtrail, thunderstorm, hurricane, black hole, blizzard, firework, fog",
    },
    "interior": {
        "living room": "living room, room, interior, loft, apartment, lounge, lobby, hall, hallway"
        ", den, hotel room, studio apartment, house interior, attic, basement, cellar, entryway"
        ", corridor, theater, theatre, ballroom, museum gallery, gallery, spaceship interior",
        "kitchen": "kitchen, cafe, restaurant, bar, diner, pantry, cafeteria, pub, coffee shop",
        "bedroom": "bedroom, nursery, dorm room, dormitory",
        "office": "office, classroom, workshop, study, laboratory, lab, conference room"
        ", meeting room, library, recording studio, cubicle",
        "bathroom": "bathroom, shower, restroom, washroom, laundry room, spa",
    },
}
"""Places: the subject only when nothing stands in them."""

WEAKEST: Mapping[str, Mapping[str, str]] = {
    "person": {
        "person": "portrait, face, headshot, model, figure, character, fashion, selfie, hand"
        ", he, she, his, her, ghost, alien, head, eye, skeleton, palm of a hand, hands, handpalm",
    },
}
"""Words that hint at a stand-in when no noun has named one."""

_IRREGULAR = {
    "mice": "mouse", "geese": "goose", "wolves": "wolf", "leaves": "leaf", "calves": "calf",
    "knives": "knife", "shelves": "shelf", "loaves": "loaf", "feet": "foot", "oxen": "ox",
    "policemen": "policeman", "firemen": "fireman", "elves": "elf", "dwarves": "dwarf",
    "businessmen": "businessman", "snowmen": "snowman",
}  # fmt: skip
_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
_LONGEST_PHRASE = 4


@dataclass(frozen=True, slots=True)
class Noun:
    """One noun found in a text: its stand-in, its kind, the word and where it stands."""

    stand_in: str
    kind: str
    word: str
    start: int
    end: int
    tier: int
    """0 for a thing, 1 for a place, 2 for a hint."""


@cache
def _vocabulary() -> Mapping[str, tuple[str, str, int]]:
    table: dict[str, tuple[str, str, int]] = {}
    for tier, tables in enumerate((STRONG, WEAK, WEAKEST)):
        for stand_in, kinds in tables.items():
            for kind, listed in kinds.items():
                for phrase in listed.split(", "):
                    table.setdefault(phrase.replace("-", " "), (stand_in, kind, tier))
    return table


def _singulars(word: str) -> tuple[str, ...]:
    bare = re.sub(r"['’]s?$", "", word)
    forms = [word, bare, _IRREGULAR.get(bare, bare)]
    if bare.endswith("ies"):
        forms.append(bare[:-3] + "y")
    if bare.endswith("es"):
        forms.append(bare[:-2])
    if bare.endswith("s") and len(bare) > 3:
        forms.append(bare[:-1])
    return tuple(dict.fromkeys(forms))


def _lookup(words: list[str]) -> tuple[str, str, int] | None:
    head, last = " ".join(words[:-1]), words[-1]
    for form in _singulars(last):
        found = _vocabulary().get(f"{head} {form}".strip())
        if found:
            return found
    return None


def find_nouns(text: str) -> list[Noun]:
    """Return every known noun of a lower-case text, in order; of a compound only its head."""
    spans = [(m.group(), m.start(), m.end()) for m in _WORD.finditer(text.replace("-", " "))]
    nouns: list[Noun] = []
    at = 0
    while at < len(spans):
        for length in range(min(_LONGEST_PHRASE, len(spans) - at), 0, -1):
            phrase = spans[at : at + length]
            found = _lookup([word for word, _, _ in phrase])
            if found:
                start, end = phrase[0][1], phrase[-1][2]
                nouns.append(Noun(found[0], found[1], text[start:end], start, end, found[2]))
                at += length
                break
        else:
            at += 1
    return _heads(text, nouns)


def _heads(text: str, nouns: list[Noun]) -> list[Noun]:
    # "coffee cup" is a cup; "perfume bottle" is the bottle that perfume comes in.
    heads: list[Noun] = []
    for noun in nouns:
        before = heads[-1] if heads else None
        if before and _is_compound(text, before, noun):
            alike = before.stand_in == noun.stand_in
            kind = before.kind if alike else noun.kind
            heads[-1] = replace(noun, kind=kind)
        else:
            heads.append(noun)
    return heads


def _is_compound(text: str, noun: Noun, behind: Noun) -> bool:
    # A place behind a thing is no compound.
    return text[noun.end : behind.start] in {" ", "-"} and behind.tier <= noun.tier

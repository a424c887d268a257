"""Words the preview understands, in small ordered tables."""

import re
from collections.abc import Mapping

STAND_INS: Mapping[str, str] = {
    "couple": r"couple|two (?:people|friends|women|men)|friends|family|team|crowd|group",
    "person": (
        r"person|m[ae]n|wom[ae]n|girls?|boys?|models?|portrait|figure|people|chef|dancer|runner"
        r"|athlete|detective|astronaut|child|kid|lady|worker|musician|hero|barista|character|face"
        r"|someone|king|queen|bride|artist|doctor|nurse|skater|hiker|fashion"
    ),
    "car": r"cars?|suv|truck|vehicle|sedan|taxi|van|automobile|roadster|coupe|sports ?car",
    "bottle": (
        r"bottles?|perfume|wine|beer|product|packaging|serum|shampoo|whisky|whiskey|cosmetics?"
        r"|lotion|cologne|can|jar|skincare|soda"
    ),
    "cup": r"cups?|mug|coffee|tea|espresso|latte|cappuccino",
    "animal": (
        r"animal|dogs?|cats?|horse|fox|wolf|deer|lion|tiger|puppy|kitten|bear|cow|pony|corgi|pet"
    ),
    "food": (
        r"food|cake|burger|dessert|dish|pizza|meal|fruit|breakfast|sandwich|pancakes?|cupcake"
    ),
    "plant": r"plants?|flowers?|roses?|bouquet|tulips?|sunflowers?|cactus",
    "chair": r"chairs?|sofa|furniture|armchair|couch",
    "building": (
        r"buildings?|house|cabin|tower|architecture|villa|castle|church|lighthouse|home|barn"
        r"|skyscraper|cottage"
    ),
    "landscape": (
        r"landscape|mountains?|trees?|valley|hills?|forest|lake|nature|scenery|vista|waterfall"
        r"|canyon|island|dunes?|beach|sea|ocean|meadow"
    ),
}

SETTINGS: Mapping[str, str] = {
    "street": r"streets?|city|urban|downtown|alley|road|tokyo|paris|york|skyline|highway",
    "beach": r"beach|sea|ocean|coast|shore|island|lake|harbou?r|surf",
    "forest": r"forest|woods|jungle|trees",
    "desert": r"desert|dunes?|sand|canyon",
    "mountain": r"mountains?|alps|valley|landscape|cliff|hills?|peaks?|vista|waterfall",
    "room": (
        r"room|kitchen|office|cafe|interior|loft|apartment|bar|restaurant|library|indoors?|desk"
        r"|table|bedroom|window"
    ),
    "snow": r"snow|snowy|winter|arctic|ice",
    "field": r"fields?|meadow|garden|park|farm|grass|countryside",
    "studio": r"studio|backdrop|seamless|(?:white|plain|black|grey|gray) background",
}

HOME_OF: Mapping[str, str] = {"car": "street", "building": "field", "landscape": "mountain"}
"""Where a stand-in is found when the prompt names no place; everything else poses in a studio."""

PARAMETER_WORDS: Mapping[str, Mapping[str, str]] = {
    "camera_angle": {
        "bird's-eye": r"bird'?s?[- ]?eye|aerial|drone",
        "flat-lay": r"flat[- ]?lay|top[- ]down|overhead|knolling",
        "worm's-eye": r"worm'?s?[- ]?eye|ground level",
        "low-angle": r"low[- ]angle|from below",
        "high-angle": r"high[- ]angle|from above",
        "dutch-tilt": r"dutch|canted|tilted horizon",
        "over-the-shoulder": r"over[- ]the[- ]shoulder",
        "three-quarter": r"three[- ]quarter",
        "point-of-view": r"point[- ]of[- ]view|pov|first[- ]person",
    },
    "fov": {
        "fisheye": r"fish[- ]?eye",
        "macro": r"macro|extreme close",
        "ultra-wide": r"ultra[- ]?wide|1[0-8] ?mm",
        "wide": r"wide[- ]angle|2[0-8] ?mm",
        "documentary": r"35 ?mm",
        "telephoto": r"telephoto|1[3-9]\d ?mm|[2-6]00 ?mm",
        "portrait": r"portrait lens|8[05] ?mm|105 ?mm",
        "tilt-shift": r"tilt[- ]shift",
    },
    "lighting": {
        "golden-hour": r"golden hour|sunset|sunrise|dawn|golden light",
        "neon": r"neon|cyberpunk",
        "blue-hour": r"blue hour|dusk|twilight|evening",
        "candlelight": r"candle\w*|firelight|fireplace",
        "high-key": r"high[- ]key",
        "rim": r"rim[- ]li(?:ght|t)\w*|edge[- ]light",
        "backlit": r"back[- ]?li(?:ght|t)|silhouette",
        "dramatic": r"dramatic|low[- ]key|chiaroscuro|moody|noir",
        "moonlight": r"moon\w*|night|midnight",
        "overcast": r"overcast|cloudy|fog\w*|mist\w*|rain\w*|storm\w*|snowing|snowfall|blizzard",
        "hard": r"hard light|harsh",
        "soft": r"soft light|softly lit|diffused",
        "bright-daylight": r"daylight|sunny|midday|noon",
    },
    "color_palette": {
        "pastel": r"pastels?",
        "monochrome": r"monochrome|black[- ]and[- ]white|gr[ae]yscale|noir",
        "neon": r"neon|cyberpunk|synthwave",
        "vibrant": r"vibrant|colou?rful",
        "earth-tones": r"earth[- ]tones|earthy",
        "jewel-tones": r"jewel[- ]tones?",
        "muted": r"muted|desaturated",
    },
    "composition": {
        "close-up": r"close[- ]?up|headshot|face",
        "medium-shot": r"medium shot|waist[- ]up|half[- ]length|portrait",
        "wide-shot": r"wide shot|establishing",
        "minimal": r"minimal\w*|negative space",
        "symmetrical": r"symmetr\w+",
        "rule-of-thirds": r"rule of thirds",
        "leading-lines": r"leading lines",
        "copy-space": r"copy[- ]space",
    },
    "style": {
        "watercolor": r"watercolou?r",
        "oil-painting": r"oil painting|impressionist\w*",
        "pencil-sketch": r"sketch|pencil|charcoal",
        "digital-illustration": r"illustration|comic|cartoon|anime|vector art",
        "3d-render": r"3d|render|cgi|clay",
        "cinematic": r"cinematic|film still|movie",
        "editorial": r"editorial|magazine",
        "documentary": r"documentary|candid|reportage",
        "commercial": r"commercial|advert\w*",
    },
}

POSES: Mapping[str, str] = {
    "walking": r"walk\w*|run\w*|strid\w*|march\w*|jog\w*",
    "cheering": r"danc\w*|jump\w*|cheer\w*|celebrat\w*|arms",
    "hand on hip": r"pos(?:e|es|ing)|confident|proud",
}

WEATHER: Mapping[str, str] = {
    "rain": r"rain\w*|storm\w*|downpour",
    "snowfall": r"snowing|snowfall|snowy|blizzard|snowflakes?",
}

FEMININE = r"woman|women|girl|lady|dress|queen|gown|actress|her|she|bride|ballerina|mother"
MASCULINE = r"man|men|boy|gentleman|king|actor|his|he|groom|father"

COATS = r"coat|trench|robe|cloak|detective"
DRESSES = r"dress|gown|skirt|bride"
SUITS = r"suit|tuxedo|businessman|businesswoman"
JACKETS = rf"jacket|blazer|tie|{SUITS}"
HATS = r"hat|fedora|cap|detective|cowboy"

BACKDROP_NOUNS = r"back\w*|wall|seamless|studio|floor"
LOWER_NOUNS = r"trousers?|pants|jeans|skirt|cap|lid|label|roof|shorts"
NOT_PAINT = r"hair|eyes?|sky|hour|sea|light\w*|glow|and|in|on|background|tones?"


def mentions(words: str, pattern: str) -> bool:
    """Say whether one of the words occurs as a whole word."""
    return earliest(words, {"": pattern}) is not None


def preferred(words: str, table: Mapping[str, str]) -> tuple[str, str] | None:
    """Return the (entry, word) of the first entry that occurs at all: special before general."""
    for name, pattern in table.items():
        found = re.search(rf"\b(?:{pattern})\b", words)
        if found:
            return name, found.group()
    return None


def earliest(words: str, table: Mapping[str, str]) -> tuple[str, str] | None:
    """Return the (entry, word) whose word comes first in the text; ties go to the first entry."""
    best: tuple[int, str, str] | None = None
    for name, pattern in table.items():
        found = re.search(rf"\b(?:{pattern})\b", words)
        if found and (best is None or found.start() < best[0]):
            best = (found.start(), name, found.group())
    return best and (best[1], best[2])

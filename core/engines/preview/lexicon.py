"""Words about places, camera, light, colour, clothes and weather, in small ordered tables."""

import re
from collections.abc import Mapping

SETTINGS: Mapping[str, str] = {
    "street": (
        r"streets?|city|urban|downtown|alley|road|tokyo|paris|york|skyline|highway|sidewalk"
        r"|pavement|plaza|cityscape|crosswalk|intersection|town|village|market|parking lot"
        r"|freeway|times square|london|manhattan|racetrack|carnival|bus stop|traffic"
    ),
    "beach": (
        r"beach|sea|ocean|coast\w*|shore|seashore|island|lake\w*|harbou?r|surf|waves?|river|pond"
        r"|bay|marina|canal|stream|creek|underwater|pool|pier|lagoon|water"
    ),
    "forest": r"forest|woods|jungle|trees|rainforest|woodland|bamboo forest|grove",
    "desert": r"deserts?|dunes?|sand|canyon|oasis|savannah?s?|mars|moonscape|sahara|egypt",
    "mountain": (
        r"mountains?|alps|valley|landscape|cliffs?|hills?|peaks?|vista|waterfall|volcano|glacier"
        r"|everest|mountainside|hillside|scenery"
    ),
    "room": (
        r"\w*room|kitchen|office|cafe|interior|loft|apartment|bar|restaurant|library|indoors?|desk"
        r"|table|window|gallery|museum|theat(?:er|re)|workshop|gym|couch|sofa|bed|hallway|lobby"
        r"|inside|lab(?:oratory)?|school|stage|shelf|counter"
    ),
    "snow": r"snow|snowy|winter|arctic|ice|antarctica?|frozen|tundra|ski\w*",
    "field": (
        r"fields?|meadow|garden|park|farm|grass\w*|countryside|lawn|yard|backyard|pasture|prairie"
        r"|orchard|vineyard|playground|path|trail|outdoors?|zoo|golf course|court"
    ),
    "studio": r"studio|backdrop|seamless|(?:white|plain|black|grey|gray) background",
}

HOME_OF: Mapping[str, str] = {
    "car": "street",
    "bus": "street",
    "bike": "street",
    "boat": "beach",
    "building": "field",
    "tree": "field",
    "landscape": "mountain",
    "interior": "room",
    "furniture": "room",
}
"""Where a stand-in is found when the prompt names no place; everything else poses in a studio."""

PARAMETER_WORDS: Mapping[str, Mapping[str, str]] = {
    "camera_angle": {
        "eye-level": r"eye[- ]level|straight[- ]on",
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
        "standard": r"standard lens|[45][05] ?mm",
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
        "natural": r"natural (?:day)?light\w*|window light|north light",
        "bright-daylight": (
            r"(?:bright )?daylight|sunny|midday|noon|daytime|bright day|sunlight|sunlit"
        ),
        "studio": r"studio light\w*|softbox\w*|key light",
    },
    "color_palette": {
        "pastel": r"pastels?",
        "monochrome": r"monochrome|black[- ]and[- ]white|gr[ae]yscale|noir",
        "neon": r"neon|cyberpunk|synthwave",
        "vibrant": r"vibrant|colou?rful",
        "earth-tones": r"earth[- ]tones|earthy",
        "jewel-tones": r"jewel[- ]tones?",
        "muted": r"muted|desaturated|faded",
        "high-contrast": r"high[- ]contrast|complementary|teal and orange",
        "warm": r"warm(?:er)? (?:tones?|colou?rs?|palette|hues?)|warm-toned|warmer",
        "cool": (
            r"cool(?:er)? (?:tones?|colou?rs?|palette|hues?)|cool-toned|cooler"
            r"|cold (?:tones?|colou?rs?)"
        ),
        "neutral": r"neutral (?:tones?|colou?rs?|palette|hues?)|neutrals",
    },
    "composition": {
        "close-up": r"close[- ]?up|headshot|face",
        "medium-shot": r"medium shot|waist[- ]up|half[- ]length|portrait",
        "wide-shot": r"wide shot|establishing",
        "minimal": r"minimal\w*|negative space",
        "symmetrical": r"symmetr\w+",
        "rule-of-thirds": r"rule of thirds",
        "leading-lines": r"leading lines",
        "copy-space": r"copy[- ]space|space for text",
        "frame-within-frame": (
            r"frame[- ]with(?:in|in[- ]a)[- ](?:a[- ])?frame|framed by|through a doorway"
        ),
        "dynamic": r"dynamic (?:\w+ )?composition|diagonal\w*",
        "centered": r"cent(?:er|re)d",
    },
    "style": {
        "watercolor": r"watercolou?r",
        "oil-painting": r"oil painting|impressionist\w*",
        "pencil-sketch": r"sketch|pencil|charcoal",
        "digital-illustration": r"illustration|comic|cartoon|anime|vector art",
        "3d-render": r"3d|render|rendering|cgi|claymation",
        "cinematic": r"cinematic|film still|movie",
        "editorial": r"editorial|magazine",
        "documentary": r"documentary|candid|reportage",
        "fashion": r"fashion (?:\w+ )?(?:photo\w*|campaign|shoot)|high-fashion|vogue",
        "product": r"product (?:photo\w*|shot)|catalog\w*|e-commerce|pack ?shot",
        "commercial": r"commercial|advert\w*",
        "photorealistic": r"photorealis\w+|photograph|photo|dslr",
    },
}

POSES: Mapping[str, str] = {
    "running": (
        r"run(?:s|ning)?|runners?|joggers?|sprinters?|jog\w*|sprint\w*|rac(?:es?|ing)"
        r"|chas\w+"
    ),
    "walking": r"walk\w*|strid\w*|march\w*|hik\w+|stroll\w*|crossing|skat\w+",
    "sitting": r"sit(?:s|ting)?|seated|reading|riding|driving|meditat\w+|kneel\w*|squat\w*",
    "cheering": (
        r"danc\w*|ballerinas?|acrobats?|jump\w*|cheer\w*|celebrat\w*|arms|leap\w*"
        r"|throw\w*|diving|flying"
    ),
    "waving": r"wav(?:es?|ing)|greet\w*|salut\w+|hail\w*",
    "pointing": (
        r"point(?:s|ing)|reach(?:es|ing)?|present\w*|offer\w*|hold(?:s|ing)?|shak\w+"
        r"|giv\w+"
    ),
    "hand on hip": r"pos(?:e|es|ing)|confident|proud",
    "standing": r"stand(?:s|ing)?",
}

USUAL_ANGLE: Mapping[str, str] = dict.fromkeys(
    ("pizza", "bowl", "plate", "sushi", "eggs", "sandwich", "cake"), "high-angle"
)
"""Flat dishes are looked down on; only used when nobody chose an angle."""

WEATHER: Mapping[str, str] = {
    "rain": r"rain\w*|storm\w*|downpour",
    "snowfall": r"snowing|snowfall|snowy|blizzard|snowflakes?",
}

FEMININE = (
    r"\w*wom[ae]n|girl|lady|dress|queen|gown|actress|her|she|bride|ballerina|mother|mom|female"
    r"|princess|witch|daughter|sister|wife|grandm\w+|skirt|cowgirl|waitress|geisha|goddess"
)
MASCULINE = (
    r"(?!wo)\w*m[ae]n|boy|gentleman|king|actor|his|he|groom|father|dad|male|prince|wizard|son"
    r"|brother|husband|grandf\w+|grandpa|cowboy|waiter|knight|monk|priest|bearded|beard|santa"
)

COATS = r"coat|trench|robe|cloak|detective|raincoat|lab coat|kimono|overcoat|parka|doctor"
DRESSES = r"dress|gown|skirt|bride|princess|ballerina|queen"
SUITS = r"suit|tuxedo|business\w*|groom|politician"
JACKETS = rf"jacket|blazer|tie|{SUITS}"
TEES = r"t-?shirts?|tee|tank top|vest|polo|singlet|jersey|runner|swimsuit|bikini|athlete|player"
SHORTS = r"shorts|swimsuit|bikini|runner|athlete|swim\w*|trunks"
HATS = r"hat|fedora|cap|detective|cow(?:boy|girl)|fez|beret|sombrero|bonnet"
TALL_HATS = r"chef|toque|top hat|wizard|witch|baker"
LONG_HAIR = r"long(?: \w+)? hair|long-haired|ponytail|braids?"
SHORT_HAIR = r"short(?: \w+)? hair|short-haired|bob cut|buzz cut"
BALD = r"bald|shaved head|hairless"
BEARDS = r"beards?|bearded|mustache|moustache|santa(?: claus)?|wizard"
GLASSES = r"glasses|sunglasses|spectacles|goggles"
HAIR_TONES: Mapping[str, str] = {
    "c9a050": r"blond\w*|golden hair|fair-haired",
    "8e3a1c": r"red[- ]?hair\w*|redhead\w*|ginger|auburn",
    "2a1c14": r"brunette|dark[- ]hair\w*|brown[- ]hair\w*|black[- ]hair\w*",
    "b9b7b4": r"gr[ae]y[- ]?hair\w*|white[- ]hair\w*|silver hair|grandm\w+|grandf\w+|grandpa"
    r"|elder\w*|old (?:man|woman|lady)|santa(?: claus)?",
    "d060a0": r"pink hair", "3a6ac0": r"blue hair", "3f9a4a": r"green hair",
}  # fmt: skip
CHILDREN = r"child|kid|girl|boy|baby|toddler|daughter|son|infant"

BACKDROP_NOUNS = r"back\w*|wall|seamless|studio|floor|surface|paper"
LOWER_NOUNS = r"trousers?|pants|jeans|skirt|cap|lid|label|roof|shorts|sail|strap|laces|leggings"
NOT_PAINT = (
    r"hair\w*|eyes?|eyed|sky|hour|sea|light\w*|glow|and|in|on|background|tones?|skin|beard|grass"
    r"|clouds?|water|leaves|with|of|at|smoke|snow|sand"
)


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

"""The months' names in the languages of Europe."""

import unicodedata
from functools import lru_cache

SHORTEST = 3
UNCERTAIN_END = 3
STROKES = str.maketrans("łøđı", "lodi")
NAMES = """
january february march april may june july august september/sept october
november december;
januar/janner februar/feber marz/maerz/mrz april mai juni juli august
september/sept oktober november dezember;
janvier fevrier mars avril mai juin juillet aout septembre octobre novembre
decembre;
enero febrero marzo abril mayo junio julio agosto septiembre/setiembre
octubre noviembre diciembre;
gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre
novembre dicembre;
janeiro fevereiro marco abril maio junho julho agosto setembro outubro
novembro dezembro;
januari februari maart/mrt april mei juni juli augustus september oktober
november december;
januari februari mars april maj juni juli augusti september oktober november
december;
januar februar marts/mars april maj/mai juni juli august september oktober
november december/desember;
styczen/stycznia luty/lutego marzec/marca kwiecien/kwietnia maj/maja
czerwiec/czerwca lipiec/lipca sierpien/sierpnia wrzesien/wrzesnia
pazdziernik/pazdziernika listopad/listopada grudzien/grudnia;
leden/ledna unor/unora brezen/brezna duben/dubna kveten/kvetna
cerven/cervna/cvn cervenec/cervence/cvc srpen/srpna zari rijen/rijna
listopad/listopadu prosinec/prosince;
januar/januara februar/februara marec/marca april/aprila maj/maja
jun/juna/junij jul/jula/julij august/augusta/avgust september/septembra
oktober/oktobra november/novembra december/decembra;
tammikuu helmikuu maaliskuu huhtikuu toukokuu kesakuu heinakuu elokuu
syyskuu lokakuu marraskuu joulukuu;
januar februar marcius aprilis majus junius julius augusztus szeptember
oktober november december;
ianuarie februarie martie aprilie mai iunie iulie august septembrie
octombrie noiembrie decembrie;
sijecanj/sijecnja veljaca/veljace ozujak/ozujka travanj/travnja
svibanj/svibnja lipanj/lipnja srpanj/srpnja kolovoz/kolovoza rujan/rujna
listopad/listopada studeni/studenoga prosinac/prosinca;
jaanuar veebruar marts aprill mai juuni juuli august september oktoober
november detsember;
janvaris februaris marts aprilis maijs junijs julijs augusts septembris
oktobris novembris decembris;
sausis/sausio vasaris/vasario kovas/kovo balandis/balandzio geguze/geguzes
birzelis/birzelio liepa/liepos rugpjutis/rugpjucio rugsejis/rugsejo
spalis/spalio lapkritis/lapkricio gruodis/gruodzio;
ιανουαριος φεβρουαριος μαρτιος απριλιος μαιος/μαιου ιουνιος ιουλιος
αυγουστος σεπτεμβριος οκτωβριος νοεμβριος δεκεμβριος;
януари февруари март април маи юни юли август септември октомври ноември
декември;
ocak subat mart nisan mayis haziran temmuz agustos eylul ekim kasim aralik
"""
LANGUAGES = tuple(
    tuple(tuple(month.split("/")) for month in language.split())
    for language in NAMES.split(";")
)


def month_number(word: str, language: int) -> int:
    """Finds which month a word is.

    Args:
        word: A month's name, whole or abbreviated.
        language: Index of the language.

    Returns:
        1 to 12; 0 where it is none, or may be several.
    """
    return _month_number(_plain(word), language)


@lru_cache(maxsize=4096)
def _month_number(word: str, language: int) -> int:
    if len(word) < SHORTEST:
        return 0
    months = LANGUAGES[language]
    for fits in (_equal, _begins, _resembles):
        found = [
            number
            for number, names in enumerate(months, 1)
            if any(fits(word, name) for name in names)
        ]
        if found:
            return found[0] if len(found) == 1 else 0
    return 0


def _equal(word: str, name: str) -> bool:
    return word == name


def _begins(word: str, name: str) -> bool:
    return name.startswith(word)


def _resembles(word: str, name: str) -> bool:
    """Allows another ending, as inflected names have."""
    least = max(SHORTEST + 1, min(len(word), len(name)) - UNCERTAIN_END)
    return word[:least] == name[:least]


def _plain(word: str) -> str:
    spread = unicodedata.normalize("NFKD", word.casefold().strip("."))
    plain = "".join(each for each in spread if not unicodedata.combining(each))
    return plain.translate(STROKES)

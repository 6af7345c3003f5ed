"""The closed vocabularies of a story's front matter: regions, themes, country codes."""

from types import MappingProxyType

REGIONS: tuple[str, ...] = (
    "Africa",
    "Arab States",
    "Asia and the Pacific",
    "Europe and North America",
    "Latin America and the Caribbean",
)
"""UNESCO's five regions; a country's region here is UNESCO's, not the geographer's."""

THEMES = MappingProxyType(
    {
        "adult-learning": "Adult learning",
        "basic-education": "Schools and basic education",
        "citizenship": "Citizenship and community life",
        "community-centres": "Community learning centres",
        "covid-19": "Learning during COVID-19",
        "culture": "Culture and heritage",
        "disability": "Learners with disabilities",
        "entrepreneurship": "Entrepreneurship",
        "environment": "Environment and sustainability",
        "families": "Families and early childhood",
        "festivals": "Learning festivals",
        "funding": "Funding",
        "governance": "Governance",
        "health": "Health",
        "higher-education": "Universities and higher education",
        "libraries": "Libraries and reading",
        "literacy": "Literacy",
        "migrants": "Migrants and refugees",
        "monitoring": "Monitoring and evaluation",
        "older-people": "Older people",
        "participation": "Residents' participation",
        "partnerships": "Partnerships",
        "technology": "Digital technology",
        "vocational-training": "Vocational training",
        "women": "Women and girls",
        "workplace": "Work and employment",
        "youth": "Young people",
    }
)
"""Theme key, as front matter writes it, to the label a person reads."""

# ISO 3166-1 alpha-2. Kept here, not asked of a library, so that reading a story needs none.
COUNTRY_CODES = frozenset(
    """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS
    BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE
    EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM
    HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC
    LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA
    NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW
    SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO
    TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
    """.split()  # noqa: SIM905
)

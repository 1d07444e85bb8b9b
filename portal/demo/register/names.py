"""Invented words for the demonstration register: providers, houses, streets, people who do not exist."""

from __future__ import annotations

ADJECTIVES = (
    "Laskavý", "Tichý", "Modrý", "Zlatý", "Bystrý", "Veselý", "Vlídný", "Stříbrný", "Toulavý", "Pohádkový",
    "Rozvážný", "Trpělivý", "Kouzelný", "Ospalý", "Zvídavý", "Duhový", "Sametový", "Šikovný", "Mlžný", "Javorový",
)  # fmt: skip
CREATURES = (
    "Ježek", "Majáček", "Vrabec", "Kompas", "Lampión", "Kaštan", "Plameňák", "Tučňák", "Krteček", "Skřítek",
    "Vodník", "Drak", "Jednorožec", "Medvídek", "Ohníček", "Papoušek", "Čmelák", "Bizon", "Mrož", "Žralok",
)  # fmt: skip
LEGAL_FORMS = ("z. s.", "z. ú.", "o. p. s.", "příspěvková organizace", "s. r. o.")
HOUSES = (
    "U Tří sov", "Za Duhou", "Pod Oblaky", "Na Mechu", "U Perníku", "Za Devatero horami", "U Zlaté rybky", "Na Pasece",
    "V Meruňkách", "U Dobré víly", "Pod Kapradím", "Na Vlnách", "U Sněhuláka", "Za Větrem", "V Pelíšku", "U Studánky",
    "U Bílé paní", "V Borůvčí", "Na Obláčku", "Pod Hvězdou", "U Modré laguny", "Za Pecí", "Na Konci světa", "U Veverky",
    "V Sedmém nebi", "U Kocoura v botách", "Pod Pokličkou", "Na Létajícím koberci", "U Zvonkohry", "V Makovém poli",
    "U Skleněné hory", "Za Zrcadlem", "Na Paloučku", "U Kouzelného dědečka", "Pod Deštníkem", "V Perníkové chaloupce",
)  # fmt: skip
# What a facility of a type is called; of any other type it is a house.
HOUSE_WORDS = {
    "37": "Poradna", "39": "Asistence", "40": "Pečovatelská služba", "44": "Odlehčovací služba", "45": "Denní centrum",
    "46": "Stacionář", "47": "Týdenní stacionář", "49": "Domov", "48": "Domov", "50": "Domov", "51": "Chráněný byt",
    "54": "Raná péče", "55": "Linka", "57": "Azylový dům", "58": "Půlcesta", "59": "Kontaktní centrum", "62": "Klub",
    "64": "Doléčovák", "65": "Rodinné centrum", "66": "Klub", "67": "Dílna", "68": "Komunita", "69": "Terénní program",
    "70": "Rehabilitace",
}  # fmt: skip
STREETS = (
    "Pohádková", "Perníková", "Skřítkova", "Mechová", "Duhová", "Oblačná", "Dračí", "Zvonečková", "Kouzelná",
    "Pampelišková", "Hvězdná", "Lampionová",
)  # fmt: skip
# Streets of secret addresses and names of people: marks that must turn up nowhere behind the import.
SECRET_STREETS = ("Utajenkova", "Skrýšovská", "Zapovězená")
GIVEN_NAMES = ("Neexistenka", "Vymyslav", "Smyšlenka", "Kdosimír")
SURNAMES = ("Nikdovská", "Vybájený", "Přeludová", "Fiktivníček")
TITLES = ("Mgr.", "Bc.", "Ing.", "PhDr.")

# What a hostile or careless hand writes into a name.
AWKWARD_NAMES = (
    "=1+1|Dům Vzorec",
    "+420 Dům Plus",
    "@Dům Zavináč",
    "-Dům Pomlčka",
    "Dům <script>alert('x')</script> Za Závorkou",
    'Dům "U Uvozovek" & syn',
    "Dům\u00a0Pevné\u00a0Mezery",
    "  Dům   Mnoha  Mezer ",
    "Dům\tTabulátor\r\nNový řádek",
    "Dům\u200bNulové\u200bŠířky",
)
CAPACITY_NOTES = (
    None,
    "Maximální okamžitá kapacita.",
    "Kapacita s účinností od 01.09.2024.",
    "Počet uživatelů v jednom okamžiku",
)
HOURS = ("Po–Pá 7:00–15:30", "denně 7:00–19:00", "Po, St 8:00–17:00, jinak po dohodě", "nepřetržitě")
AGE_NOTES: dict[str, tuple[str | None, ...]] = {
    "39": (None, "dospělí od 27 let"),
    "40": (None, "osoby starší 60 let"),
    "49": (None, None, "osoby starší 65 let"),
    "62": ("děti a mládež 6–26 let",),
}

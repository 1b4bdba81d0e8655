"""Believable people for a simulated company, by a seed.

Names are drawn from lists of common given and family names of many countries and put together by chance; nobody in
particular is meant. Logins and addresses end in ``.example``, a domain that can't exist (RFC 2606).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

DOMAIN = "lindgrove.example"

NAMES: tuple[tuple[str, str], ...] = (
    (
        "Amélie Baptiste Capucine Élodie Florian Gaëlle Léo Maëlys Noémie Rémi",
        "Aubry|Chevalier|Delaunay|Fournier|Girard|Lefèvre|Marchand|Perrot|Renaud|de la Tour",
    ),
    (
        "Anneke Björn Dörte Friederike Jürgen Käthe Lennart Mareike Sönke Wiebke",
        "Albers|Böhm|Ehlers|Großmann|Hinrichs|Jäger|Krüger|Lüders|Petersen|Voß",
    ),
    (
        "Ainhoa Bruno Consuelo Íñigo Lucía Martín Nerea Pilar Rubén Ximena",
        "Aguilar Peña|Cabrera|Domínguez|Echeverría|Ibáñez|Lozano|Muñoz|Núñez|Quiroga|Zapata",
    ),
    (
        "Chiara Davide Elisa Fabio Ginevra Lorenzo Marta Nicolò Silvia Tommaso",
        "Bellini|Caruso|D'Angelo|Ferrara|Gallo|Marchetti|Orlandi|Pellegrino|Rinaldi|Serra",
    ),
    (
        "Agnieszka Bartosz Dorota Grzegorz Jadwiga Łukasz Małgorzata Paweł Stanisław Zuzanna",
        "Baran|Dąbrowski|Głowacki|Jabłońska|Krawczyk|Malinowska|Ostrowski|Pawlak|Sikora|Wójcik",
    ),
    (
        "Åsa Bjarne Elin Freja Håkon Ingrid Jørgen Linnéa Saga Øyvind",
        "Aakre|Bergström|Dahl|Eklund|Haugen|Lindqvist|Nørgaard|Sjöberg|Sørlie|Vikström",
    ),
    (
        "Aoife Callum Eilidh Fergus Harriet Imogen Niamh Owen Rhiannon Siobhán",
        "Ashworth|Blackwood|Carmichael|Fairbairn|Gallagher|MacLeod|O'Connell|Pemberton|Thackeray-Hall|Winslow",
    ),
    (
        "Akiko Daichi Emi Haruto Kaori Naoko Ren Satoshi Takumi Yūki",
        "Arai|Fujimoto|Hayashi|Ishikawa|Kobayashi|Matsuda|Nakagawa|Ōno|Shimizu|Yoshida",
    ),
    (
        "Aditi Bhavesh Chitra Devika Gautam Ishaan Kavya Meera Nikhil Rohan",
        "Bhattacharya|Chaudhary|Deshpande|Iyer|Kulkarni|Menon|Nair|Patil|Raghavan|Subramaniam",
    ),
    (
        "Amara Babajide Chiamaka Efua Folasade Kwabena Ngozi Obinna Thandiwe Zanele",
        "Adeyemi|Asante|Boateng|Dlamini|Eze|Mbeki-Cole|Mensah|Nwosu|Okonkwo|Zulu",
    ),
    (
        "Bilal Dalia Farid Hanan Khalil Layla Nadia Omar Rania Yasmin",
        "Abboud|Al-Masri|Darwish|El-Sayed|Ghanem|Haddad|Khoury|Mansour|Nasser|Saleh",
    ),
    (
        "Bảo Diệu Huỳnh Linh Minh Ngọc Phương Quang Thảo Vy",
        "Bùi|Dương|Đặng|Đỗ|Hoàng|Lý|Ngô|Phạm|Trần|Vũ",
    ),
    (
        "Beatriz Caio Fernanda Inês João Letícia Mateus Otávio Raquel Thaís",
        "Almeida|Barros|Cardoso|Figueiredo|Gonçalves|Magalhães|Nascimento|Pinheiro|Queirós|Vasconcelos",
    ),
    (
        "Chenxi Haoran Jiayi Lanfen Meilin Ruolan Shufen Wenjing Xiaodan Zihan",
        "Cheng|Deng|Fang|Huang|Jiang|Liang|Ouyang|Peng|Song|Zheng",
    ),
    (
        "Ayşe Barış Ceren Defne Emre Gökçe İpek Kerem Müge Tuğba",
        "Aydın|Bulut|Çelik|Doğan|Güneş|Kılıç|Özkan|Şahin|Taş|Yıldırım",
    ),
    (
        "Haeun Jihoon Kyungsoo Minseo Nari Sangwoo Seoyeon Taeyang Wonjae Yerin",
        "Baek|Cho|Hwang|Jeong|Kang|Namgung|Oh|Ryu|Shin|Yoon",
    ),
)
"""(given names, family names) of one region each; family names are parted by a bar because some have a space."""

TITLES: dict[str, tuple[str, ...]] = {
    "Engineering": ("Software Engineer", "Senior Software Engineer", "Staff Engineer", "Engineering Lead"),
    "Design": ("Product Designer", "Senior Designer", "Design Researcher", "Head of Design"),
    "Product": ("Product Owner", "Product Lead", "Product Analyst"),
    "Sales": ("Account Executive", "Sales Engineer", "Regional Sales Lead"),
    "Marketing": ("Content Editor", "Campaign Lead", "Brand Designer"),
    "Finance": ("Accountant", "Controller", "Payroll Specialist"),
    "People": ("Recruiter", "People Partner", "Learning Coordinator"),
    "Legal": ("Counsel", "Paralegal", "Privacy Officer"),
    "Customer Support": ("Support Specialist", "Support Lead", "Customer Trainer"),
    "Data": ("Data Analyst", "Data Engineer", "Statistician"),
    "Security": ("Security Engineer", "Security Analyst", "Incident Lead"),
    "IT": ("Systems Administrator", "Client Engineer", "Service Desk Analyst"),
    "External": ("Contractor", "Consultant", "Agency Partner"),
    "Studio": ("Video Editor", "Sound Engineer", "Illustrator"),
    "Warehouse": ("Shift Lead", "Stock Planner", "Forklift Trainer"),
}
"""Job titles by department. People of the warehouse work at Windows terminals and are in no pushed group."""

CITIES = ("Berlin", "Lisbon", "Toronto", "Nairobi", "Osaka", "Kraków", "São Paulo", "Leeds")

_PLAIN = str.maketrans({"ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i"})


@dataclass(frozen=True, kw_only=True)
class Profile:
    """What HR knows of somebody. ``login`` is also the e-mail address."""

    login: str
    first_name: str
    last_name: str
    department: str
    title: str
    city: str

    @property
    def display_name(self) -> str:
        return f"{self.first_name} {self.last_name}"


def login_of(first_name: str, last_name: str) -> str:
    """The plain letters of a name as a login without its domain: ``Łukasz Wójcik`` → ``lukasz.wojcik``."""
    folded = unicodedata.normalize("NFKD", f"{first_name}.{last_name}".translate(_PLAIN)).casefold()
    return "".join(sign for sign in folded if sign.isascii() and (sign.isalnum() or sign in ".-"))


def draw(random: Random, departments: Sequence[str], taken: set[str], domain: str = DOMAIN) -> Iterator[Profile]:
    """People without end, one after the other, each with a login of their own; ``taken`` grows with them."""
    while True:
        given, family = random.choice(NAMES)
        if random.random() < 0.2:
            family = random.choice(NAMES)[1]
        first_name, last_name = random.choice(given.split()), random.choice(family.split("|"))
        plain = login_of(first_name, last_name)
        login, number = f"{plain}@{domain}", 1
        while login in taken:
            number += 1
            login = f"{plain}{number}@{domain}"
        taken.add(login)
        department = random.choice(departments)
        yield Profile(
            login=login,
            first_name=first_name,
            last_name=last_name,
            department=department,
            title=random.choice(TITLES[department]),
            city=random.choice(CITIES),
        )

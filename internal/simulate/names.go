package simulate

import (
	"strconv"
	"strings"
)

// The names are common ones of many countries in their own spelling, so that
// whoever displays them meets letters beyond ASCII.
var (
	firstNames = strings.Fields(`
		Aaliyah Adam Agnieszka Aiko Amara Amir Ana Anders Anjali Antoine Astrid Ayşe
		Beatriz Benjamin Björn Camila Carlos Chiara Chidi Chloë Daniel Daria Deepak Diego
		Dimitra Elena Elif Emeka Emma Esther Fatima Felipe Fiona Freya Gabriel Grace
		Guadalupe Hana Hassan Helena Hiroshi Ibrahim Ines Ingrid Isaac Ivan Jakub Jasmine
		Joana João José Juan Kamila Katarina Keiko Kofi Kwame Laila Lars Leila
		Linh Lucas Luis Lwazi Maja Malik Marco María Mateo Mei Miguel Mina
		Nadia Naomi Nia Noah Nuno Olga Oliver Omar Oskar Paola Patrick Pedro
		Priya Rafael Rahul Rania Rosa Ruth Samuel Sanjay Sara Seán Sofia Stefan
		Tariq Tatiana Tendai Thabo Thomas Uma Valentina Viktor Wanjiru Wei Yara Yuki
		Yusuf Zainab Zanele Zoë`)

	lastNames = strings.Fields(`
		Abebe Acheampong Adeyemi Ahmed Almeida Andersen Bakker Banerjee Bauer Becker Bianchi Botha
		Brennan Campbell Castillo Chanda Chen Costa Cruz Dąbrowski Danso Diallo Dubois Dlamini
		Eriksen Eze Farouk Fernández Fischer Flores Fontaine Fraser Fujita García Gomes Grant
		Gupta Haddad Hansen Hernández Hoang Horvat Hughes Ibáñez Ito Iyer Jansen Jensen
		Jovanović Kamau Kapoor Kaya Khan Kim Kowalski Kumar Larsen Laurent Lindqvist López
		Mahlangu Marinho Martin Mbeki Mehta Mendoza Meyer Mokoena Moreau Morris Müller Murphy
		Nakamura Ncube Ndlovu Nguyễn Nkosi Novák Nowak O'Brien O'Connor Okafor Okeke Oliveira
		Osei Özdemir Park Patel Pereira Petrov Pham Pillai Quispe Ramírez Rao Reyes
		Ricci Robinson Rossi Ruiz Sánchez Santos Sato Schmidt Sharma Silva Singh Smith
		Sørensen Suzuki Takahashi Tanaka Thapa Torres Tran Vargas Virtanen Walsh Wójcik Yılmaz
		Yamamoto Zhang Zhou Zulu`)
)

// plain folds a name into what a username may hold.
var plain = strings.NewReplacer(
	"'", "", "á", "a", "ã", "a", "ą", "a", "ć", "c", "ë", "e", "é", "e", "ễ", "e", "í", "i", "ı", "i", "ñ", "n",
	"ó", "o", "ö", "o", "ø", "o", "Ö", "O", "ş", "s", "ü", "u",
)

// usernames hands out first.last names, each once.
type usernames struct {
	taken map[string]int // :: username without its number -> how many have it
}

func (us usernames) take(first, last string) string {
	name := strings.ToLower(plain.Replace(first + "." + last))
	us.taken[name]++
	if n := us.taken[name]; n > 1 {
		name += strconv.Itoa(n)
	}
	return name
}

package argparse

import (
	"cmp"
	"slices"
	"strings"

	"rollcall/internal/awscli/value"
)

const (
	// likeness is the least ratio at which a word is worth a suggestion.
	likeness = 0.8
	// maxSuggestions is how many words are suggested at most.
	maxSuggestions = 3
)

func wrongChoice(name, given string, choices []string) error {
	text := "argument " + name + ": Found invalid choice '" + given + "'\n"
	if alike := closeTo(given, choices); alike != nil {
		text += "\nMaybe you meant:\n\n  * " + strings.Join(alike, "\n  * ")
	}
	return &Error{text}
}

func quoted(s string) string { return value.Repr(s) }

// closeTo returns the choices most like a word, the most alike first, and not
// the word itself.
func closeTo(word string, choices []string) []string {
	type candidate struct {
		choice string
		ratio  float64
	}
	var found []candidate
	for _, c := range choices {
		if r := ratio([]rune(c), []rune(word)); r >= likeness && c != word {
			found = append(found, candidate{c, r})
		}
	}
	slices.SortFunc(found, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.ratio, a.ratio), cmp.Compare(b.choice, a.choice))
	})
	var names []string
	for _, c := range found[:min(len(found), maxSuggestions)] {
		names = append(names, c.choice)
	}
	return names
}

// ratio is the likeness of two words, 0 to 1, by Ratcliff and Obershelp: twice
// the characters in common blocks over all characters.
func ratio(a, b []rune) float64 {
	if len(a)+len(b) == 0 {
		return 1
	}
	return 2 * float64(matching(a, b)) / float64(len(a)+len(b))
}

// matching counts the characters of the longest common block, and of those to
// the left and right of it.
func matching(a, b []rune) int {
	i, j, size := longestBlock(a, b)
	if size == 0 {
		return 0
	}
	return size + matching(a[:i], b[:j]) + matching(a[i+size:], b[j+size:])
}

func longestBlock(a, b []rune) (i, j, size int) {
	// lengths[n+1] is the length of the block that ends at b[n] and the
	// character of a looked at before.
	lengths := make([]int, len(b)+1)
	for m, c := range a {
		next := make([]int, len(b)+1)
		for n, d := range b {
			if c != d {
				continue
			}
			k := lengths[n] + 1
			next[n+1] = k
			if k > size {
				i, j, size = m-k+1, n-k+1, k
			}
		}
		lengths = next
	}
	return i, j, size
}

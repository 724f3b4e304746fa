package chat

import (
	"strings"

	"docent/analysis"
)

// Bounds of an answer that is made shorter without a model.
const (
	shortSentences = 2
	shortItems     = 4
)

// shortened gives the beginning of an answer that says most: its first
// sentences, or its first steps with what introduces them.
func shortened(text string) string {
	blocks := strings.Split(strings.TrimSpace(text), "\n\n")
	first := strings.TrimSpace(blocks[0])
	if isList(first) {
		return firstItems(first)
	}
	if strings.HasPrefix(first, "```") {
		if i := strings.Index(text[3:], "\n```"); i >= 0 {
			return strings.TrimSpace(text[:i+3+len("\n```")])
		}
		return first
	}
	if strings.HasSuffix(withoutCitations(first), ":") && len(blocks) > 1 {
		next := strings.TrimSpace(blocks[1])
		if isList(next) {
			next = firstItems(next)
		} else if strings.HasPrefix(next, "```") {
			next = shortened(strings.Join(blocks[1:], "\n\n"))
		}
		return first + "\n\n" + next
	}
	spans := analysis.Sentences(first)
	if len(spans) <= shortSentences {
		return first
	}
	return strings.TrimSpace(first[:spans[shortSentences].Start])
}

// isList reports whether a block is a list.
func isList(block string) bool {
	for _, mark := range []string{"- ", "* ", "+ "} {
		if strings.HasPrefix(block, mark) {
			return true
		}
	}
	digits := strings.TrimLeft(block, "0123456789")
	return len(digits) < len(block) && (strings.HasPrefix(digits, ". ") || strings.HasPrefix(digits, ") "))
}

// firstItems gives the first items of a list.
func firstItems(list string) string {
	items := 0
	var kept []string
	for _, line := range strings.Split(list, "\n") {
		if isList(line) {
			items++
		}
		if items > shortItems {
			break
		}
		kept = append(kept, line)
	}
	return strings.TrimSpace(strings.Join(kept, "\n"))
}

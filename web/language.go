package web

import "golang.org/x/text/language"

// maxAcceptLanguage is more than any browser sends, in bytes.
const maxAcceptLanguage = 500

// preferredLanguage gives the first language of an Accept-Language header, BCP
// 47; "" where it names none.
func preferredLanguage(header string) string {
	if len(header) > maxAcceptLanguage {
		return ""
	}
	tags, quality, err := language.ParseAcceptLanguage(header)
	if err != nil || len(tags) == 0 || quality[0] == 0 || tags[0] == language.Und || tags[0].String() == "mul" {
		return ""
	}
	return tags[0].String()
}

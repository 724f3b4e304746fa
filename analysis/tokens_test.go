package analysis

import (
	"strings"
	"testing"
)

func TestTokensByKindOfText(t *testing.T) {
	tests := map[string]struct {
		text     string
		low, top float64 // bytes to a token
	}{
		"English": {strings.Repeat("The server writes its log to standard error, and each request is one line of it. ", 20), 3.4, 4.3},
		"code":    {strings.Repeat("func (s *Server) handle(w http.ResponseWriter) error {\n\treturn s.write(w, 200, \"ok\")\n}\n", 20), 2.4, 3.3},
		"Chinese": {strings.Repeat("服务器将日志写入标准错误输出", 20), 2.9, 3.1},
		"Russian": {strings.Repeat("Сервер пишет журнал в стандартный поток ошибок. ", 20), 3, 4.2},
		"digits":  {strings.Repeat("1234567890 ", 20), 1.5, 3},
	}
	for name, tt := range tests {
		got := float64(len(tt.text)) / float64(Tokens(tt.text))
		if got < tt.low || got > tt.top {
			t.Errorf("%s: %.2f bytes to a token, want %.1f to %.1f", name, got, tt.low, tt.top)
		}
	}
	if Tokens("") != 0 || Tokens("a") != 1 {
		t.Error("nothing is no token, and a letter is one")
	}
}

func TestUTF16Len(t *testing.T) {
	for text, want := range map[string]int{"": 0, "abc": 3, "é": 1, "日本": 2, "👍": 2, "a\xffb": 3} {
		if got := UTF16Len(text); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
}

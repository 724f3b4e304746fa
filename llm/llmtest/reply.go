package llmtest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

// Reply is what the server says to one question. The zero value is a stream
// that ends without a word. Replies are values: the same one can be scripted
// more than once.
type Reply struct {
	Before      Step        // done before the status is sent, to hold it back; may be nil
	Status      int         // 0 is 200
	ContentType string      // "" is text/event-stream
	Header      http.Header // further headers; may be nil
	Body        string      // written first, as it is
	Steps       []Step      // then these
	CRLF        bool        // lines of the stream end with CR LF instead of LF
	Piece       int         // bytes written and flushed at a time; 0 is each event as a whole
}

// Say answers with these deltas and all that a good stream has: a first chunk
// with the role, finish_reason "stop", the usage where it was asked for, [DONE].
func Say(deltas ...string) Reply { return SayUntil("stop", deltas...) }

// SayUntil is Say with another finish_reason, such as "length".
func SayUntil(finish string, deltas ...string) Reply {
	steps := []Step{Text("")}
	for _, d := range deltas {
		steps = append(steps, Text(d))
	}
	return Stream(append(steps, Finish(finish), Usage(), Done())...)
}

// CallTool answers with a call of a tool, in pieces, as models do.
func CallTool(id, name, arguments string) Reply {
	half := len(arguments) / 2
	return Stream(Call(0, id, name, ""), Call(0, "", "", arguments[:half]), Call(0, "", "", arguments[half:]), Finish("tool_calls"), Usage(), Done())
}

// Stream answers with exactly these steps. When they are over the response
// ends properly, whether the stream was complete or not.
func Stream(steps ...Step) Reply { return Reply{Steps: steps} }

// HeldAt answers like Say, but holds the stream before the delta with the given
// place, from 0, until gate is closed or gives a value. A place behind the last
// delta holds it before the finish.
func HeldAt(place int, gate <-chan struct{}, deltas ...string) Reply {
	r := Say(deltas...)
	r.Steps = slices.Insert(r.Steps, min(place, len(deltas))+1, Wait(gate)) // behind the role's step
	return r
}

// CutAfter answers with these deltas and then breaks the connection off.
func CutAfter(deltas ...string) Reply {
	r := Say(deltas...)
	r.Steps = append(r.Steps[:len(deltas)+1:len(deltas)+1], Cut())
	return r
}

// StallAfter answers with these deltas and then with nothing more, until the
// client leaves or the server is closed.
func StallAfter(deltas ...string) Reply { return HeldAt(len(deltas), nil, deltas...) }

// Whole answers with a chat.completion in one piece, as servers do that don't
// stream.
func Whole(text string) Reply {
	body := object{
		"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "stand-in",
		"choices": []object{{"index": 0, "finish_reason": "stop",
			"message": object{"role": "assistant", "content": text}}},
		"usage": usageOf(1, text),
	}
	return Reply{ContentType: "application/json", Body: encode(body)}
}

// Fail answers with an error in OpenAI's form.
func Fail(status int, code, message string) Reply {
	return Reply{Status: status, ContentType: "application/json", Body: encode(errorObject(code, message, nil))}
}

// Unauthorized answers 401, and repeats a part of a key, as OpenAI does.
func Unauthorized() Reply {
	return Fail(http.StatusUnauthorized, "invalid_api_key", "Incorrect API key provided: sk-stand********-in.")
}

// Limited answers 429, with a Retry-After header unless that is "".
func Limited(retryAfter string) Reply {
	r := Fail(http.StatusTooManyRequests, "rate_limit_exceeded", "Rate limit reached.")
	if retryAfter != "" {
		r.Header = http.Header{"Retry-After": {retryAfter}}
	}
	return r
}

// QuotaSpent answers 429 for an account without credit: waiting does not help.
func QuotaSpent() Reply {
	return Fail(http.StatusTooManyRequests, "insufficient_quota", "You exceeded your current quota.")
}

// Broken answers 500.
func Broken() Reply {
	return Fail(http.StatusInternalServerError, "server_error", "The server had an error.")
}

// HTML answers 200 with a web page, as a wrong address does.
func HTML() Reply {
	return Reply{ContentType: "text/html; charset=utf-8", Body: "<!doctype html><title>Welcome</title><p>Hello."}
}

// Times is n times the same reply, for Script.
func Times(n int, r Reply) []Reply { return slices.Repeat([]Reply{r}, n) }

type object = map[string]any

func encode(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return "" // only for values that JSON can't hold, of which there are none here
	}
	return string(b)
}

func errorObject(code, message string, param any) object {
	return object{"error": object{"message": message, "type": code, "code": code, "param": param}}
}

// usageOf counts words as tokens, and half of the question's as cached.
func usageOf(input int, answer string) object {
	output := len(strings.Fields(answer))
	return object{
		"prompt_tokens": input, "completion_tokens": output, "total_tokens": input + output,
		"prompt_tokens_details": object{"cached_tokens": input / 2},
	}
}

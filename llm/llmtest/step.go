package llmtest

import "strings"

// Step is a piece of a stream. A test may write its own, with Out's methods;
// an error breaks the connection off.
type Step func(o *Out) error

// Text sends a delta; an empty one is sent too.
func Text(s string) Step {
	return func(o *Out) error {
		o.said.WriteString(s)
		return o.Chunk(object{"content": s}, "")
	}
}

// Reasoning sends a delta that holds only reasoning_content, as servers of
// reasoning models do.
func Reasoning(s string) Step {
	return func(o *Out) error { return o.Chunk(object{"reasoning_content": s}, "") }
}

// Call sends a piece of a call of a tool; "" are left out.
func Call(index int, id, name, arguments string) Step {
	return func(o *Out) error {
		function, call := object{"arguments": arguments}, object{"index": index}
		if name != "" {
			function["name"] = name
		}
		if id != "" {
			call["id"], call["type"] = id, "function"
		}
		call["function"] = function
		return o.Chunk(object{"tool_calls": []object{call}}, "")
	}
}

// Finish sends the chunk with the finish_reason.
func Finish(reason string) Step {
	return func(o *Out) error { return o.Chunk(object{}, reason) }
}

// Usage sends the chunk with the usage, where the request asked for it: words
// counted as tokens, half of the question's as cached.
func Usage() Step {
	return func(o *Out) error {
		if !o.request.StreamOptions.IncludeUsage {
			return nil
		}
		input := 0
		for _, m := range o.request.Messages {
			input += len(strings.Fields(m.Content))
		}
		return o.Data(encode(o.chunk([]object{}, usageOf(input, o.said.String()))))
	}
}

// Done sends the end mark.
func Done() Step {
	return func(o *Out) error { return o.Data("[DONE]") }
}

// Comment sends a comment line, as proxies do to keep a connection.
func Comment(s string) Step {
	return func(o *Out) error { return o.Raw(": " + s + "\n\n") }
}

// Raw sends s as it is, but for line ends where the reply wants CR LF.
func Raw(s string) Step {
	return func(o *Out) error { return o.Raw(s) }
}

// BrokenJSON sends an event whose data is not JSON.
func BrokenJSON() Step { return Raw("data: {\"choices\":[{\"delta\":\n\n") }

// HugeLine sends one data line with a delta of n bytes.
func HugeLine(n int) Step { return Text(strings.Repeat("x", n)) }

// HalfLine sends the beginning of an event, for Cut to follow.
func HalfLine() Step { return Raw(`data: {"choices":[{"delta":{"cont`) }

// Failure sends an error object inside the stream.
func Failure(code, message string) Step {
	return func(o *Out) error { return o.Data(encode(errorObject(code, message, nil))) }
}

// Wait holds the stream until gate is closed or gives a value, or the client
// leaves, or the server is closed. A nil gate stays shut.
func Wait(gate <-chan struct{}) Step {
	return func(o *Out) error {
		select {
		case <-gate:
			return nil
		case <-o.Context().Done():
			return o.Context().Err()
		}
	}
}

// Stall sends nothing more until the client leaves or the server is closed.
func Stall() Step { return Wait(nil) }

// Cut breaks the connection off.
func Cut() Step {
	return func(*Out) error { return errCut }
}

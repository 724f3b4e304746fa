package llmtest

import (
	"encoding/base64"
	"encoding/binary"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// Embed answers as a good server does: with Vector of each text, in as many
// dimensions and in the form that were asked for.
func Embed(r EmbeddingRequest) Reply { return Vectors(r, vectorsFor(r)...) }

// Instead answers with any reply, such as an error: Instead(Limited("1")), Instead(HTML()).
func Instead(reply Reply) func(EmbeddingRequest) Reply {
	return func(EmbeddingRequest) Reply { return reply }
}

// Dimensions answers with vectors of n numbers, whatever was asked for.
func Dimensions(n int) func(EmbeddingRequest) Reply {
	return func(r EmbeddingRequest) Reply {
		r.Dimensions = n
		return Embed(r)
	}
}

// NotANumber answers like Embed, but for a NaN in the last vector: in lists as
// the word NaN, which is no JSON.
func NotANumber(r EmbeddingRequest) Reply {
	vectors := vectorsFor(r)
	vectors[len(vectors)-1][0] = float32(math.NaN())
	return Vectors(r, vectors...)
}

// Zeros answers with vectors of zeros.
func Zeros(r EmbeddingRequest) Reply {
	vectors := vectorsFor(r)
	for _, v := range vectors {
		clear(v)
	}
	return Vectors(r, vectors...)
}

// TooFew answers without the last text's vector.
func TooFew(r EmbeddingRequest) Reply {
	r.Input = r.Input[:len(r.Input)-1]
	return Embed(r)
}

// Shuffled answers with the vectors in reverse, each with its right index.
func Shuffled(r EmbeddingRequest) Reply {
	order := make([]int, len(r.Input))
	for i := range order {
		order[i] = len(order) - 1 - i
	}
	return indexed(r, vectorsFor(r), order)
}

// Misnumbered answers with all vectors numbered 0.
func Misnumbered(r EmbeddingRequest) Reply {
	vectors := vectorsFor(r)
	return Reply{ContentType: "application/json", Body: list(r, vectors, make([]int, len(vectors)))}
}

// OnlyFloats answers like Embed, but refuses base64, naming no parameter.
func OnlyFloats(r EmbeddingRequest) Reply {
	if r.EncodingFormat == "base64" {
		return Fail(http.StatusBadRequest, "invalid_request_error", "base64 is not supported by this model")
	}
	return Embed(r)
}

// AtMost answers like Embed, but refuses batches of more than n texts.
func AtMost(n int) func(EmbeddingRequest) Reply {
	return func(r EmbeddingRequest) Reply {
		if len(r.Input) > n {
			return Fail(http.StatusRequestEntityTooLarge, "validation", "batch size "+strconv.Itoa(len(r.Input))+" > maximum allowed batch size "+strconv.Itoa(n))
		}
		return Embed(r)
	}
}

// WordsAtMost answers like Embed, but refuses requests with a text of more than
// n words, as a model's context length does.
func WordsAtMost(n int) func(EmbeddingRequest) Reply {
	return func(r EmbeddingRequest) Reply {
		if slices.ContainsFunc(r.Input, func(s string) bool { return len(strings.Fields(s)) > n }) {
			return Fail(http.StatusBadRequest, "invalid_request_error", "This model's maximum context length is "+strconv.Itoa(n)+" tokens.")
		}
		return Embed(r)
	}
}

// Held answers like Embed, but not before gate is closed or gives a value; a
// nil gate holds until the client leaves or the server is closed.
func Held(gate <-chan struct{}) func(EmbeddingRequest) Reply {
	return func(r EmbeddingRequest) Reply {
		reply := Embed(r)
		reply.Before = Wait(gate)
		return reply
	}
}

// Vectors answers with these vectors, numbered in order, in the form that was
// asked for.
func Vectors(r EmbeddingRequest, vectors ...[]float32) Reply {
	order := make([]int, len(vectors))
	for i := range order {
		order[i] = i
	}
	return indexed(r, vectors, order)
}

// indexed answers with the vectors in the given order of their places.
func indexed(r EmbeddingRequest, vectors [][]float32, order []int) Reply {
	sorted := make([][]float32, len(order))
	for i, place := range order {
		sorted[i] = vectors[place]
	}
	return Reply{ContentType: "application/json", Body: list(r, sorted, order)}
}

func vectorsFor(r EmbeddingRequest) [][]float32 {
	dimensions := r.Dimensions
	if dimensions == 0 {
		dimensions = DefaultDimensions
	}
	vectors := make([][]float32, len(r.Input))
	for i, text := range r.Input {
		vectors[i] = Vector(text, dimensions)
	}
	return vectors
}

// list writes an answer by hand: encoding/json refuses a NaN, servers don't.
func list(r EmbeddingRequest, vectors [][]float32, index []int) string {
	var b strings.Builder
	b.WriteString(`{"object":"list","data":[`)
	for i, v := range vectors {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`{"object":"embedding","index":` + strconv.Itoa(index[i]) + `,"embedding":`)
		if r.EncodingFormat == "base64" {
			b.WriteString(`"` + inBase64(v) + `"`)
		} else {
			b.WriteString(inNumbers(v))
		}
		b.WriteByte('}')
	}
	words := 0
	for _, text := range r.Input {
		words += len(strings.Fields(text))
	}
	usage := object{"prompt_tokens": words, "total_tokens": words}
	b.WriteString(`],"model":` + encode(r.Model) + `,"usage":` + encode(usage) + `}`)
	return b.String()
}

func inBase64(v []float32) string {
	data := make([]byte, 0, 4*len(v))
	for _, x := range v {
		data = binary.LittleEndian.AppendUint32(data, math.Float32bits(x))
	}
	return base64.StdEncoding.EncodeToString(data)
}

func inNumbers(v []float32) string {
	numbers := make([]string, len(v))
	for i, x := range v {
		numbers[i] = strconv.FormatFloat(float64(x), 'g', -1, 32)
	}
	return "[" + strings.Join(numbers, ",") + "]"
}

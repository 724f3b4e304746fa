package llm

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"math"
	"strconv"
)

// maxDimensions is the longest vector that is believed: several times what
// models give.
const maxDimensions = 16384

var (
	errNotFinite = errors.New("a vector holds a number that is not finite")
	errZero      = errors.New("a vector holds only zeros")
)

// embeddings is the part of an answer that is used.
type embeddings struct {
	Data []struct {
		Index     *int   `json:"index"`
		Embedding vector `json:"embedding"`
	} `json:"data"`
	Error *providerError `json:"error"`
}

// vector is decoded from a list of numbers, or from base64 of little-endian
// float32. A null, which is how some servers write a NaN, is a NaN.
type vector []float32

// UnmarshalJSON refuses what is neither of the two forms.
func (v *vector) UnmarshalJSON(raw []byte) (err error) {
	switch {
	case len(raw) > 0 && raw[0] == '"':
		*v, err = fromBase64(raw)
	case len(raw) > 0 && raw[0] == '[':
		*v, err = fromNumbers(raw[1 : len(raw)-1])
	default:
		err = errors.New("an embedding is neither a list of numbers nor base64")
	}
	return err
}

func fromBase64(raw []byte) (vector, error) {
	text := raw[1 : len(raw)-1]
	if bytes.IndexByte(text, '\\') >= 0 { // a writer that escapes slashes
		var s string
		if err := json.Unmarshal(raw, &s); err != nil {
			return nil, err
		}
		text = []byte(s)
	}
	data := make([]byte, base64.StdEncoding.DecodedLen(len(text)))
	n, err := base64.StdEncoding.Decode(data, text)
	switch {
	case err != nil:
		return nil, err
	case n%4 != 0:
		return nil, errors.New("an embedding in base64 is cut")
	}
	v := make(vector, n/4)
	for i := range v {
		v[i] = math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
	}
	return v, nil
}

// fromNumbers reads what stands between the brackets of a list that is known
// to be JSON.
func fromNumbers(list []byte) (vector, error) {
	if len(bytes.TrimSpace(list)) == 0 {
		return vector{}, nil
	}
	v := make(vector, 0, bytes.Count(list, []byte{','})+1)
	for more := true; more; {
		var number []byte
		number, list, more = bytes.Cut(list, []byte{','})
		number = bytes.TrimSpace(number)
		if string(number) == "null" {
			v = append(v, float32(math.NaN()))
			continue
		}
		f, err := strconv.ParseFloat(string(number), 32)
		if err != nil && !errors.Is(err, strconv.ErrRange) { // then f is infinite
			return nil, errors.New("an embedding holds something that is no number")
		}
		v = append(v, float32(f))
	}
	return v, nil
}

// normalise gives v the length 1, in place. Errors are errNotFinite and
// errZero.
func normalise(v []float32) error {
	sum := 0.0
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	switch {
	case math.IsNaN(sum) || math.IsInf(sum, 0):
		return errNotFinite
	case sum == 0:
		return errZero
	}
	scale := 1 / math.Sqrt(sum)
	for i, x := range v {
		v[i] = float32(float64(x) * scale)
	}
	return nil
}

// mean gathers the vectors of a text's pieces.
type mean struct {
	sum []float64
}

// add counts v as often as the piece has tokens.
func (m *mean) add(v []float32, tokens int) {
	if m.sum == nil {
		m.sum = make([]float64, len(v))
	}
	for i, x := range v {
		m.sum[i] += float64(x) * float64(tokens)
	}
}

// vector gives the mean with length 1.
func (m *mean) vector() ([]float32, error) {
	v := make([]float32, len(m.sum))
	for i, x := range m.sum {
		v[i] = float32(x)
	}
	return v, normalise(v)
}

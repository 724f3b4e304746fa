package chatkit

import (
	"encoding/base64"
	"net/http"
	"strings"

	"docent"
	"docent/web"
)

// transcribe answers input.transcribe.
func (s *service) transcribe(c *web.Call, params object) error {
	sent, kind := params.text("audio_base64"), params.text("mime_type")
	if err := params.err(); err != nil {
		return err
	}
	if s.ports.Transcribe == nil {
		return unsupported("this server does not transcribe", "whoever runs it can set chatkit.transcribe.model")
	}
	audio, whole := lenientBase64(sent)
	switch {
	case !whole:
		params.refuse("audio_base64", "is not base64")
	case len(audio) == 0:
		params.refuse("audio_base64", "holds no recording")
	}
	if err := params.err(); err != nil {
		return err
	}
	if most := s.cfg.MaxAudioBytes; len(audio) > most {
		return docent.Errorf(docent.CodeTooLarge, "the recording is too large: at most %d bytes are taken", most)
	}
	kind, _, _ = strings.Cut(kind, ";") // as in audio/webm;codecs=opus
	text, err := s.ports.Transcribe(c.Context(), strings.ToLower(strings.TrimSpace(kind)), audio)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, struct {
		Text string `json:"text"`
	}{text})
}

// maxBody is how many bytes a request may have; 0 is as many as any other.
func (s *service) maxBody() int64 {
	if s.ports.Transcribe == nil {
		return 0
	}
	return int64(base64.StdEncoding.EncodedLen(s.cfg.MaxAudioBytes)) + besideAudio
}

const besideAudio = 1 << 20 // bytes of a request that is no recording

// lenientBase64 decodes as the reference server does: characters that are none of
// base64 count for nothing, padding that is whole ends the text, and padding that is
// missing is an error.
func lenientBase64(text string) (data []byte, whole bool) {
	data = make([]byte, 0, len(text)/4*3)
	quad, pads, bits := 0, 0, uint(0)
	for i := range len(text) {
		if text[i] == '=' {
			if pads++; quad >= 2 && quad+pads >= 4 {
				return data, true
			}
			continue
		}
		value := strings.IndexByte(base64Digits, text[i])
		if value < 0 {
			continue
		}
		pads, bits = 0, bits<<6|uint(value)
		if quad++; quad > 1 {
			data = append(data, byte(bits>>(8-2*quad)))
		}
		quad %= 4
	}
	return data, quad == 0
}

const base64Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

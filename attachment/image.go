package attachment

import (
	"bytes"
	"encoding/binary"
	"image"
	_ "image/gif" // so that image.DecodeConfig knows them
	_ "image/jpeg"
	_ "image/png"

	"docent"
)

// Bounds of pictures: more than models look at, and less than what harms whoever
// unpacks it.
const (
	maxSide   = 8192
	maxPixels = 32 << 20
)

// checkImage reads a picture's size from its header, and unpacks nothing.
func checkImage(mime string, b []byte) error {
	width, height := webpSize(b)
	if mime != "image/webp" {
		c, _, err := image.DecodeConfig(bytes.NewReader(b))
		if err != nil {
			return &docent.Error{Code: docent.CodeInvalid, Message: "the picture is damaged", Err: err}
		}
		width, height = c.Width, c.Height
	}
	switch {
	case width <= 0 || height <= 0:
		return docent.Errorf(docent.CodeInvalid, "the picture is damaged")
	case width > maxSide || height > maxSide || width*height > maxPixels:
		return docent.Errorf(docent.CodeInvalid, "the picture has %d x %d pixels; at most %d on a side and %d in all are taken", width, height, maxSide, maxPixels)
	}
	return nil
}

// webpSize reads the size from the first chunk of a WebP file: one of lossy,
// lossless or extended pictures (RFC 9649). 0 where there is none.
func webpSize(b []byte) (width, height int) {
	if len(b) < 30 {
		return 0, 0
	}
	data, u24 := b[20:], func(b []byte) int { return int(b[0]) | int(b[1])<<8 | int(b[2])<<16 }
	switch string(b[12:16]) {
	case "VP8 ":
		if u24(data[3:]) != 0x2a019d {
			return 0, 0
		}
		return int(binary.LittleEndian.Uint16(data[6:]) & 0x3fff), int(binary.LittleEndian.Uint16(data[8:]) & 0x3fff)
	case "VP8L":
		if data[0] != 0x2f {
			return 0, 0
		}
		bits := binary.LittleEndian.Uint32(data[1:])
		return int(bits&0x3fff) + 1, int(bits>>14&0x3fff) + 1
	case "VP8X":
		return u24(data[4:]) + 1, u24(data[7:]) + 1
	}
	return 0, 0
}

package web

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"
	"unicode"

	"github.com/labstack/echo/v4"

	"docent"
	"docent/access"
)

// bodyTimeout is the time for a request's body to arrive. It ends with the
// body, so that it does not touch streams.
const bodyTimeout = 30 * time.Second

const headerRequestID = "X-Request-Id"

// name gives a request its id: the client's own where it is sane.
func name(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		id := c.Request().Header.Get(headerRequestID)
		if !SaneID(id) {
			id = access.NewID("req_")
		}
		c.Response().Header().Set(headerRequestID, id)
		return next(c)
	}
}

func requestID(c echo.Context) string { return c.Response().Header().Get(headerRequestID) }

// observe answers the errors of everything below it, and logs one line: never
// the query, the body or a header.
func (h *Handler) observe(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		began := time.Now()
		err := next(c)
		if err != nil {
			err = explain(c.Request().Context(), err)
			h.fail(c, err)
		}
		r, status := c.Request(), c.Response().Status
		attrs := []slog.Attr{
			slog.String("method", clip(r.Method)),
			slog.String("path", clip(r.URL.EscapedPath())),
			slog.Int("status", status),
			slog.Int64("bytes", c.Response().Size),
			slog.Float64("ms", float64(time.Since(began).Microseconds())/1000),
			slog.String("address", c.RealIP()),
			slog.String("request_id", requestID(c)),
		}
		var crash *panicked
		if err != nil {
			attrs = append(attrs, slog.String("error", err.Error()))
			if errors.As(err, &crash) {
				attrs = append(attrs, slog.String("stack", string(crash.stack)))
			}
		}
		h.log.LogAttrs(r.Context(), h.levelOf(c, err), "request", attrs...)
		if crash != nil && crash.streaming {
			panic(http.ErrAbortHandler) // so that the client sees a broken answer, not an ended one
		}
		return nil
	}
}

func (h *Handler) levelOf(c echo.Context, err error) slog.Level {
	switch {
	case err != nil && statusOf(asError(err).Code) >= http.StatusInternalServerError && !errors.Is(err, errLeft):
		return slog.LevelError
	case c.Path() == "/health" || c.Path() == "/ready" || h.accessory(c):
		return slog.LevelDebug
	}
	return slog.LevelInfo
}

// panicked is the error that a panic becomes.
type panicked struct {
	value     any
	stack     []byte
	streaming bool // an answer had begun
}

func (p *panicked) Error() string { return fmt.Sprintf("panic: %v", p.value) }

func rescue(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			switch v := recover(); v {
			case nil:
			case http.ErrAbortHandler:
				panic(v)
			default:
				err = &panicked{value: v, stack: debug.Stack(), streaming: c.Response().Committed}
			}
		}()
		return next(c)
	}
}

// bound sets the deadlines of reading a body and of writing an answer, and the
// body's size. Streams renew the latter with each write.
func (h *Handler) bound(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r, w := c.Request(), c.Response().Writer
		control := http.NewResponseController(w)
		c.Response().Before(func() { control.SetWriteDeadline(time.Now().Add(h.cfg.Server.WriteTimeout)) })
		if r.Body == nil || r.Body == http.NoBody {
			return next(c)
		}
		most := h.cfg.Server.MaxBodyBytes
		if c.Path() == uploadPath {
			most = h.cfg.MaxUploadBytes
		} else if c.Path() == attachmentsPath {
			most = h.cfg.MaxAttachmentBytes + maxFormBytes
			if err := plain(r); err != nil {
				return err
			}
		} else if of := h.sizes[r.Method+" "+c.Path()]; of > 0 {
			most = of
			if err := plain(r); err != nil {
				return err
			}
		} else if h.needs[r.Method+" "+c.Path()] == index {
			most = h.cfg.MaxPushBytes // the handler undoes the compression, and bounds what comes of it
		} else if err := plain(r); err != nil {
			return err
		}
		if r.ContentLength > most {
			return bodyTooLarge(most)
		}
		control.SetReadDeadline(time.Now().Add(bodyTimeout))
		bounded := *r // net/http looks at the body of its own request to know how much of it is to come
		bounded.Body = http.MaxBytesReader(w, r.Body, most)
		c.SetRequest(&bounded)
		return next(c)
	}
}

func bodyTooLarge(limit int64) error {
	return docent.Errorf(docent.CodeTooLarge, "the body is too large: at most %d bytes are taken", limit)
}

// clip makes what a client sent fit for a log or a message: one line, not long,
// of characters that can be seen.
func clip(s string) string {
	const most = 200
	if len(s) > most {
		s = s[:most] + "..."
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsGraphic(r) {
			return r
		}
		return unicode.ReplacementChar
	}, s)
}

package web

import (
	"sync"

	"github.com/labstack/echo/v4"

	"docent/web/openapi"
)

// description is openapi.yaml as this server serves it.
type description struct {
	yaml asset
	json func() (asset, error) // made when it is first asked for
}

func describe(p public) description {
	server := ""
	if p.origin != "" {
		server = p.origin + p.base
	}
	return description{
		yaml: newAsset(openapi.YAML(server), "application/yaml"),
		json: sync.OnceValues(func() (asset, error) {
			body, err := openapi.JSON(server)
			return newAsset(body, echo.MIMEApplicationJSON), err
		}),
	}
}

// openapiYAML answers GET /openapi.yaml.
func (h *Handler) openapiYAML(c echo.Context) error {
	fileHeaders(c.Response().Header())
	serve(c, h.described.yaml)
	return nil
}

// openapiJSON answers GET /openapi.json.
func (h *Handler) openapiJSON(c echo.Context) error {
	a, err := h.described.json()
	if err != nil {
		return err
	}
	fileHeaders(c.Response().Header())
	serve(c, a)
	return nil
}

package callpage

import (
	"testing"

	"github.com/chromedp/chromedp"

	"linecheck/cmd/internal/browsertest"
)

// browser is a Chromium of its own.
type browser struct{ *browsertest.Browser }

// open starts Chromium, which takes any certificate.
func open(t *testing.T) *browser {
	t.Helper()
	return &browser{browsertest.Start(t, chromedp.Flag("ignore-certificate-errors", true), chromedp.WindowSize(1280, 900))}
}

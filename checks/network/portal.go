package network

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"time"
)

// Page is a page of the open internet without encryption, and what stands in it.
type Page struct {
	// URL begins with "http://".
	URL string
	// Says is a part of its text.
	Says string
}

// Reference is the page by which this computer's system, or its browser, finds out
// for itself whether the internet is there.
func Reference() Page {
	switch runtime.GOOS {
	case "windows":
		return Page{"http://www.msftconnecttest.com/connecttest.txt", "Microsoft Connect Test"}
	case "darwin":
		return Page{"http://captive.apple.com/hotspot-detect.html", "Success"}
	default:
		return Page{"http://detectportal.firefox.com/success.txt", "success"}
	}
}

// The values of the facts internet and captive are yes and no. pagePatience bounds asking for a page.
const pagePatience = 2500 * time.Millisecond

// reading is what came of a page.
type reading struct {
	// answered: somebody answered. genuine: it says what it must say.
	answered, genuine bool
	// elsewhere is the host that the answer sends to; empty where it sends nowhere else.
	elsewhere string
	// login: the status says that the network wants a log-in (RFC 6585, 6).
	login bool
}

// read asks for a page, straight and without encryption, as systems do to find a log-in page.
func read(ctx context.Context, page Page) (r reading) {
	limited, cancel := context.WithTimeout(ctx, pagePatience)
	defer cancel()
	client := http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	req, err := http.NewRequestWithContext(limited, http.MethodGet, page.URL, nil)
	if err != nil {
		return r
	}
	resp, err := client.Do(req)
	if err != nil {
		return r
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(io.LimitReader(resp.Body, 4<<10))
	r.answered = true
	r.login = resp.StatusCode == http.StatusNetworkAuthenticationRequired
	r.genuine = resp.StatusCode == http.StatusOK && page.Says != "" && strings.Contains(string(text), page.Says)
	if to, err := resp.Location(); err == nil && to.Hostname() != req.URL.Hostname() {
		r.elsewhere = to.Hostname()
	}
	return r
}

// captive says whether a log-in page stands in the way, of a network whose server
// cannot be reached as itself. front is what the server's own name answers without
// encryption, where a portal answers in everybody's place; outside is the reference.
func captive(front, outside reading) bool {
	return front.login || outside.login || front.elsewhere != "" || outside.answered && !outside.genuine
}

// frontPage is the page of a server without encryption, which few have.
func frontPage(server *url.URL) Page {
	return Page{URL: "http://" + hostOf(server) + "/"}
}

// hostOf is a server's host as it stands in an address: one of IPv6 in brackets.
func hostOf(server *url.URL) string {
	if h := server.Hostname(); strings.Contains(h, ":") {
		return "[" + h + "]"
	}
	return server.Hostname()
}

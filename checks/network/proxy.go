package network

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"time"

	"golang.org/x/net/http/httpproxy"

	"linecheck/report"
	"linecheck/report/exchange"
)

// The values of the fact proxy: where the proxy that requests take is set.
const (
	proxyNone        = "none"
	proxyEnvironment = "environment"
	proxySystem      = "system" // the system's setting, or the desktop's, scripts included where these run them
)

// proxy is how requests get to the server.
type proxy struct {
	from   string
	at     *url.URL // nil where there is none
	choose func(*http.Request) (*url.URL, error)
}

func proxyFor(server *url.URL) proxy {
	choose := exchange.Proxy()
	at, err := choose(&http.Request{URL: server})
	p := proxy{proxyNone, at, choose}
	switch env := httpproxy.FromEnvironment(); {
	case err == nil && at == nil:
	case env.HTTPProxy != "" || env.HTTPSProxy != "":
		p.from = proxyEnvironment
	default:
		p.from = proxySystem
	}
	return p
}

// offered says whether the network offers to set a proxy by itself: under the name
// that is agreed for it (WPAD) there is something.
func offered(ctx context.Context) string {
	limited, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	ips, err := net.DefaultResolver.LookupNetIP(limited, "ip", "wpad")
	return report.YesNo(err == nil && len(ips) > 0)
}

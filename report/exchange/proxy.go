package exchange

import (
	"net"
	"net/http"
	"net/url"
	"sync"

	"github.com/mattn/go-ieproxy"
	"golang.org/x/net/http/httpproxy"
)

// Proxy chooses the proxy for a request, for [http.Transport]: the one that the
// environment names (HTTPS_PROXY, NO_PROXY); or else the one that is set for the
// whole system in Windows and macOS, where scripts that choose one (PAC, WPAD)
// are not run; or else what the Linux desktop's settings name.
func Proxy() func(*http.Request) (*url.URL, error) {
	of := choose(httpproxy.FromEnvironment(), ieproxy.GetConf().Static, remembered(desktop))
	return func(r *http.Request) (*url.URL, error) { return of(r.URL) }
}

// choose prefers the environment, then the system's setting, then the desktop.
func choose(env *httpproxy.Config, system ieproxy.StaticProxyConf, desktop func(*url.URL) *url.URL) func(*url.URL) (*url.URL, error) {
	switch {
	case env.HTTPProxy != "" || env.HTTPSProxy != "":
	case system.Active:
		of := func(scheme string) string {
			if v, ok := system.Protocols[scheme]; ok {
				return v
			}
			return system.Protocols[""]
		}
		env = &httpproxy.Config{HTTPProxy: of("http"), HTTPSProxy: of("https"), NoProxy: system.NoProxy}
	default:
		return func(u *url.URL) (*url.URL, error) {
			if ip := net.ParseIP(u.Hostname()); u.Hostname() == "localhost" || ip != nil && ip.IsLoopback() {
				return nil, nil
			}
			return desktop(u), nil
		}
	}
	return env.ProxyFunc()
}

// remembered asks once for each server. The path and the query are nobody's business.
func remembered(ask func(*url.URL) *url.URL) func(*url.URL) *url.URL {
	var mu sync.Mutex
	known := map[url.URL]*url.URL{}
	return func(u *url.URL) *url.URL {
		server := url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/"}
		mu.Lock()
		defer mu.Unlock()
		p, ok := known[server]
		if !ok {
			p = ask(&server)
			known[server] = p
		}
		return p
	}
}

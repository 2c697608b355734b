package exchange

import (
	"net/http"
	"net/url"

	"github.com/mattn/go-ieproxy"
	"golang.org/x/net/http/httpproxy"
)

// Proxy chooses the proxy for a request, for [http.Transport]: the one that the
// environment names (HTTPS_PROXY, NO_PROXY), or else the one that is set for the
// whole system in Windows and macOS. Scripts that choose one (PAC, WPAD) are not run.
func Proxy() func(*http.Request) (*url.URL, error) {
	of := choose(httpproxy.FromEnvironment(), ieproxy.GetConf().Static)
	return func(r *http.Request) (*url.URL, error) { return of(r.URL) }
}

// choose prefers the environment.
func choose(env *httpproxy.Config, system ieproxy.StaticProxyConf) func(*url.URL) (*url.URL, error) {
	if env.HTTPProxy == "" && env.HTTPSProxy == "" && system.Active {
		of := func(scheme string) string {
			if v, ok := system.Protocols[scheme]; ok {
				return v
			}
			return system.Protocols[""]
		}
		env = &httpproxy.Config{HTTPProxy: of("http"), HTTPSProxy: of("https"), NoProxy: system.NoProxy}
	}
	return env.ProxyFunc()
}

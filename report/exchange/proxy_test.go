package exchange

import (
	"net/url"
	"testing"

	"github.com/mattn/go-ieproxy"
	"golang.org/x/net/http/httpproxy"
)

func TestChooseProxy(t *testing.T) {
	system := ieproxy.StaticProxyConf{Active: true, NoProxy: "inside.example", Protocols: map[string]string{"": "all.example:3128"}}
	byScheme := ieproxy.StaticProxyConf{Active: true, Protocols: map[string]string{"http": "plain.example:80", "https": "secure.example:443"}}
	env := &httpproxy.Config{HTTPSProxy: "env.example:8080"}
	none := &httpproxy.Config{}
	desk := &url.URL{Scheme: "http", Host: "desk.example:8080"}
	for _, c := range []struct {
		name   string
		env    *httpproxy.Config
		system ieproxy.StaticProxyConf
		to     string
		want   string

		desktop *url.URL
	}{
		{"nothing set", none, ieproxy.StaticProxyConf{}, "https://probe.example", "", nil},
		{"environment", env, system, "https://probe.example", "http://env.example:8080", nil},
		{"system", none, system, "https://probe.example", "http://all.example:3128", nil},
		{"system, but switched off", none, ieproxy.StaticProxyConf{Protocols: system.Protocols}, "https://probe.example", "", nil},
		{"system, excepted", none, system, "https://inside.example", "", nil},
		{"system, by scheme", none, byScheme, "https://probe.example", "http://secure.example:443", nil},
		{"desktop", none, ieproxy.StaticProxyConf{}, "https://probe.example", "http://desk.example:8080", desk},
		{"desktop, this computer", none, ieproxy.StaticProxyConf{}, "https://[::1]:8443", "", desk},
		{"environment before the desktop", env, ieproxy.StaticProxyConf{}, "https://probe.example", "http://env.example:8080", desk},
		{"this computer", none, system, "https://127.0.0.1:8443", "", nil},
	} {
		u, err := url.Parse(c.to)
		if err != nil {
			t.Fatal(err)
		}
		got, err := choose(c.env, c.system, func(u *url.URL) *url.URL { return c.desktop })(u)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if s := ""; got != nil {
			if s = got.String(); s != c.want {
				t.Errorf("%s: %q, want %q", c.name, s, c.want)
			}
		} else if c.want != "" {
			t.Errorf("%s: none, want %q", c.name, c.want)
		}
	}
}

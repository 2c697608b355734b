package landing

import (
	"net/http"
	"strings"
)

// system is an operating system that there are programs for, with the endings of their files, the usual one first.
type system struct {
	name    string
	endings []string
}

func systems() []system {
	return []system{
		{"Windows", []string{".msi", "-setup.exe", ".exe", ".zip"}},
		{"macOS", []string{".pkg", ".dmg"}},
		{"Linux", []string{".deb", ".rpm", ".AppImage", ".tar.gz"}},
	}
}

// device is what a browser says of the computer it runs on. It may say anything, and what is
// shown is complete without it.
type device struct {
	// system is its name, as in [systems], or one that there are no programs for; empty where it is not known.
	system string
	// handheld: it is a phone or a tablet. An iPad passes for a Mac, so that every page can be handed over.
	handheld bool
}

func deviceOf(r *http.Request) device {
	agent := r.UserAgent()
	says := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(agent, w) {
				return true
			}
		}
		return false
	}
	switch {
	case says("iPhone", "iPad", "iPod", "Android", "Mobile", "Mobi", "Tablet", "Windows Phone", "KAIOS") && !says("Windows NT"), r.Header.Get("Sec-CH-UA-Mobile") == "?1":
		return device{handheld: true}
	case says("Windows NT"):
		return device{system: "Windows"}
	case says("Macintosh"):
		return device{system: "macOS"}
	case says("CrOS"):
		return device{system: "ChromeOS"}
	case says("Linux", "X11"):
		return device{system: "Linux"}
	}
	return device{}
}

// Package shipped says for which systems the programs are made, and with which tags: what
// the packages and the list of licences have to agree on. How a program is built, and
// what is in it, does not come in here.
package shipped

// WindowTags are those that the window is built with; the Makefile hands the same to its own build.
const WindowTags = "accessibility,no_emoji,migrated_fynedo"

// System is a pair of GOOS and GOARCH.
type System struct{ OS, Arch string }

// Systems are all that some program is made for.
func Systems() (all []System) {
	for _, os := range []string{"linux", "windows", "darwin"} {
		for _, arch := range []string{"amd64", "arm64"} {
			all = append(all, System{os, arch})
		}
	}
	return all
}

package shipped

// Other is a work that is linked, embedded or packed and is no Go module.
type Other struct {
	// Name and Version are what its makers call it.
	Name, Version string
	// About is what of it is in the programs; empty where the name says it.
	About string
	// URL is its package URL (purl).
	URL string
	// Texts are the files of its licence, from the root of the repository.
	Texts []string
}

// Others are all of them. The texts of what is linked into the programs for Windows are what Debian 12 says of its
// packages portaudio19-dev 19.6.0-1.2, mingw-w64-common 10.0.0-3, gcc-mingw-w64 12.2.0-14+25.2 and nsis 3.08-3+deb12u1.
func Others() []Other {
	const texts = "cmd/internal/licences/texts/"
	return []Other{
		{"PortAudio", "19.6.0", "linked into the programs for Windows, with the changes in cmd/linecheck/package/windows/portaudio.patch", "pkg:generic/portaudio@19.6.0", []string{texts + "portaudio.txt"}},
		{"PortAudio", "19.7.0", "linked into the programs for macOS", "pkg:generic/portaudio@19.7.0", []string{texts + "portaudio.txt"}},
		{"Wayland protocols", "of GLFW 3.4", "linked into the window's program for Linux", "pkg:generic/glfw@3.4", []string{texts + "wayland-protocols.txt"}},
		{"mingw-w64", "10.0.0", "the runtime of programs for Windows", "pkg:generic/mingw-w64@10.0.0", []string{texts + "mingw-w64.txt"}},
		{"libgcc", "12.2.0", "the compiler's part of programs for Windows", "pkg:generic/libgcc@12.2.0", []string{texts + "libgcc.txt"}},
		{"NSIS", "3.08", "the installer for Windows itself", "pkg:generic/nsis@3.08", []string{texts + "nsis.txt"}},
		{"Droid Sans Fallback", "6.0.1r16", "", "pkg:generic/droid-sans-fallback@6.0.1r16", []string{"assets/fonts/LICENSE-Droid.txt"}},
		{"Noto Sans, Noto Sans Arabic, Noto Sans Devanagari", "20201225", "", "pkg:generic/noto-sans@20201225", []string{"assets/fonts/LICENSE-Noto.txt"}},
	}
}

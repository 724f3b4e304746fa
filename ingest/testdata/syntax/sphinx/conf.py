project = "Kettle"
release = "2.1"
extensions = ["myst_parser"]
myst_enable_extensions = ["colon_fence", "deflist", "substitution", "dollarmath", "attrs_inline", "attrs_block"]
myst_substitutions = {"cup": "a *cup*"}
html_baseurl = "https://kettle.example/"

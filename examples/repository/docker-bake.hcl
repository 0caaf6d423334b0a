target "web" {
  target = "web"
  secret = [
    # 5: bake ignores `type` here, and looks for a file with the name NPM_TOKEN.
    { type = "env", id = "npm_token", src = "NPM_TOKEN" },
    { id = "github_token", env = "GITHUB_TOKEN" },
  ]
}

-- For pandoc: links between proof pages lead to the pages made of them, and a figure, which is not beside them, is named.
function Link(link)
  link.target = (link.target:gsub("^([%w_]+)%.md", "%1.html"))
  return link
end

function Image(image)
  return pandoc.Span({pandoc.Str("Figure: "), pandoc.Code((image.src:gsub("^%.%./", "")))})
end

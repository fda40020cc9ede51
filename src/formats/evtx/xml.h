#pragma once

// Events as XML text.

#include <string>

#include "formats/evtx/binxml.h"

namespace dropscope::evtx {

/// Appends the fragment as XML the way Windows renders it: attributes in single quotes, self-closed
/// empty elements, values as ValueView::append_text gives them. Characters that XML 1.0 does not
/// allow become U+FFFD, in names "_"; of attributes of the same name the first stays; a prefix that
/// is not bound to a namespace becomes part of the name ("S:Body" → "S_Body"). So every parser
/// accepts the result: a record's element, or, of a damaged record, balanced content with text or
/// more than one element at the top. Returns false if a part could not be read; what could be is
/// there, and the elements are closed.
bool append_xml(std::string& out, BinXmlReader& reader, const Fragment& fragment);

/// Appends `utf8` escaped for XML text or for an attribute in single quotes.
void append_xml_escaped(std::string& out, std::string_view utf8, bool attribute);

}  // namespace dropscope::evtx

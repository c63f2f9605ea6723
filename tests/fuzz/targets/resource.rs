//! Resources. What passes as MRSS has to be well-formed to a parser that is not ours, too.

#![no_main]

use couchpass::Resource;
use libfuzzer_sys::fuzz_target;
use roxmltree::{Document, Error};

fuzz_target!(|input: &str| {
    let Ok(resource) = Resource::new(input) else { return };
    assert_eq!(resource.as_str(), input.trim());
    if !resource.is_mrss() {
        return;
    }
    match Document::parse(resource.as_str()) {
        Ok(document) => {
            assert_eq!(document.root_element().tag_name().name(), "rss");
            assert!(document.descendants().any(|node| node.tag_name().name() == "title"));
        }
        // Namespaces are not part of being well-formed, and apps in the field leave out their declaration.
        Err(
            Error::UnknownNamespace(..)
            | Error::DuplicatedNamespace(..)
            | Error::InvalidXmlPrefixUri(..)
            | Error::UnexpectedXmlUri(..)
            | Error::UnexpectedXmlnsUri(..)
            | Error::InvalidElementNamePrefix(..),
        ) => {}
        Err(error) => panic!("accepted, but not well-formed: {error}"),
    }
});

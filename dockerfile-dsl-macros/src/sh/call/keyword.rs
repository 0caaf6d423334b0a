//! The words of the arguments that begin with `@`.

syn::custom_keyword!(allow_cache);
syn::custom_keyword!(base);
syn::custom_keyword!(bash);
syn::custom_keyword!(declassify);
syn::custom_keyword!(env);
syn::custom_keyword!(mount);
syn::custom_keyword!(output);
syn::custom_keyword!(programs);
syn::custom_keyword!(project_code);
syn::custom_keyword!(sh);
syn::custom_keyword!(shell);
syn::custom_keyword!(trust);

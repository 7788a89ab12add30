//! `#[operations]`, the attribute that makes each public method of an entity an operation that operators see. It is for the crate
//! `homeroom` alone, and a crate of its own because the compiler wants attributes to be that.

use proc_macro::TokenStream;
use quote::quote;
use syn::{FnArg, ImplItem, ImplItemFn, ItemImpl, Pat, Type, Visibility, parse_quote};

/// Puts `observe("Type::method", async move { … })` around the body of every `pub async fn` of an `impl` whose first argument is
/// the connection `conn`. The others stay as they are.
///
/// On the `impl` rather than on each method, so that a new method is seen without anybody having to think of it.
#[proc_macro_attribute]
pub fn operations(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expand(&arguments.into(), item.into()).unwrap_or_else(syn::Error::into_compile_error).into()
}

fn expand(
    arguments: &proc_macro2::TokenStream,
    item: proc_macro2::TokenStream,
) -> syn::Result<proc_macro2::TokenStream> {
    if !arguments.is_empty() {
        return Err(syn::Error::new_spanned(arguments, "`#[operations]` takes no arguments"));
    }
    let mut block: ItemImpl = syn::parse2(item)?;
    let entity = entity(&block.self_ty)?;
    let mut found = false;
    for item in &mut block.items {
        if let ImplItem::Fn(method) = item
            && is_operation(method)
        {
            let name = format!("{entity}::{}", method.sig.ident);
            let body = &method.block;
            method.block = parse_quote!({ crate::observe::observe(#name, async move #body).await });
            found = true;
        }
    }
    if !found {
        let message = "no `pub async fn` here takes the connection `conn` first";
        return Err(syn::Error::new_spanned(&block.self_ty, message));
    }
    Ok(quote!(#block))
}

fn entity(kind: &Type) -> syn::Result<String> {
    if let Type::Path(path) = kind
        && let Some(last) = path.path.segments.last()
    {
        return Ok(last.ident.to_string());
    }
    Err(syn::Error::new_spanned(kind, "`#[operations]` stands on the `impl` of a named type"))
}

fn is_operation(method: &ImplItemFn) -> bool {
    let takes_connection = match method.sig.inputs.first() {
        Some(FnArg::Typed(argument)) => {
            matches!(&*argument.pat, Pat::Ident(name) if name.ident == "conn")
        }
        _ => false,
    };
    matches!(method.vis, Visibility::Public(_))
        && method.sig.asyncness.is_some()
        && takes_connection
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_method_that_takes_the_connection_is_an_operation_and_no_other() {
        let given = quote! {
            impl Chat {
                pub async fn find(mut conn: &Connection, id: Id) -> Result<Self> { query(&mut conn, id).await }
                async fn inner(conn: &Connection) {}
                pub fn name(&self) -> &str { &self.name }
                pub async fn hash(text: &str) -> Hash { hash(text).await }
            }
        };
        let expected = quote! {
            impl Chat {
                pub async fn find(mut conn: &Connection, id: Id) -> Result<Self> {
                    crate::observe::observe("Chat::find", async move { query(&mut conn, id).await }).await
                }
                async fn inner(conn: &Connection) {}
                pub fn name(&self) -> &str { &self.name }
                pub async fn hash(text: &str) -> Hash { hash(text).await }
            }
        };
        let made = expand(&proc_macro2::TokenStream::new(), given).unwrap();
        assert_eq!(made.to_string(), expected.to_string());
    }

    #[test]
    fn an_attribute_that_would_do_nothing_is_refused() {
        let refused =
            |given| expand(&proc_macro2::TokenStream::new(), given).unwrap_err().to_string();
        assert_eq!(
            refused(quote!(impl Chat { pub fn name(&self) {} })),
            "no `pub async fn` here takes the connection `conn` first"
        );
        assert_eq!(
            refused(quote!(
                impl (Chat,) {
                    pub async fn find(conn: &Connection) {}
                }
            )),
            "`#[operations]` stands on the `impl` of a named type"
        );
    }
}

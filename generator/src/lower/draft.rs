//! An operation between reading and naming: what it says is known, what it is
//! called and which definitions its schemas share is decided with all others.

use super::Context;
use super::answer::AnswerDraft;
use super::arguments::Arguments;
use super::findings::Finding;
use super::schema::{Bounded, Definitions, by_bytes, by_schemas, count};
use super::strict::strict;
use crate::document::Node;
use crate::ir::{Input, Method, Names, Output, Tool};
use crate::names::Operation;

#[derive(Debug)]
pub struct Draft<'d> {
    pub node: &'d Node,
    pub method: Method,
    pub path: &'d str,
    pub operation_id: Option<&'d str>,
    /// What the author wants the tool to be called (`x-mcp-name`).
    pub own_name: Option<&'d str>,
    pub tag: String,
    pub title: String,
    pub prose: String,
    pub description: String,
    pub servers: Vec<String>,
    pub security: Vec<Vec<String>>,
    pub arguments: Arguments,
    pub answer: Option<AnswerDraft>,
}

impl<'d> Draft<'d> {
    /// How many schemas it has of its own: shared ones are held once for all.
    pub fn schemas(&self) -> usize {
        let answer = self.answer.as_ref();
        count(&self.arguments.input.schema)
            + answer.map_or(0, |answer| count(&answer.schema.schema))
    }

    /// What its names are made from.
    pub fn operation(&self) -> Operation<'_> {
        Operation {
            method: self.method.as_str(),
            path: self.path,
            id: self.operation_id,
            name: self.own_name,
            tag: &self.tag,
        }
    }
}

impl<'d> Context<'d, '_> {
    /// The tool, or `None` and a finding where a schema it takes is not all there.
    pub fn finish(
        &mut self,
        draft: Draft<'d>,
        names: Names,
        definitions: &Definitions,
    ) -> Option<Tool> {
        let node = draft.node;
        let Arguments {
            parameters,
            body,
            input,
        } = draft.arguments;
        let complete = !input.broken;
        let limit = self.options.limits.input_schemas;
        let Bounded {
            schema,
            definitions: reached,
            cut,
        } = by_schemas(input.schema, definitions, limit);
        if !complete || definitions.broken(&reached).is_some() {
            let message = format!(
                "`{} {}` is left out, since what it takes is described outside this document.",
                draft.method.as_str(),
                draft.path
            );
            self.findings.add(
                Finding::error(node, "reference-outside", message)
                    .hint("Bundle the files into one document first."),
            );
            return None;
        }
        if cut {
            let message = format!(
                "The input has more than {limit} schemas; its deeper parts take any value."
            );
            self.warn(node, "limit", message);
        }
        if let Some(finding) = self.reach(node, definitions.bytes(&reached)) {
            self.findings.add(finding);
            return None;
        }
        let strict = self
            .is_strict()
            .then(|| strict(&schema, definitions, &mut self.room));
        let input = Input {
            schema,
            definitions: reached,
            strict,
        };
        let output = draft
            .answer
            .map(|answer| self.output(node, answer, definitions));
        Some(Tool {
            names,
            title: draft.title,
            description: draft.description,
            prose: draft.prose,
            method: draft.method,
            path: draft.path.to_owned(),
            tag: draft.tag,
            parameters,
            body,
            servers: draft.servers,
            security: draft.security,
            input,
            output,
        })
    }

    /// Counts the shared schemas that one more tool takes along: a few of them in
    /// each of many tools are many times their size. A finding where that is too much.
    fn reach(&mut self, node: &'d Node, bytes: usize) -> Option<Finding<'d>> {
        let limit = self.options.limits.shared_schema_bytes;
        let reached = self.reached.saturating_add(bytes);
        if reached <= limit {
            self.reached = reached;
            return None;
        }
        let message = format!(
            "The operation is left out: all tools' inputs, with the shared schemas that each refers to, have more than {limit} bytes."
        );
        let hint =
            "Let fewer operations refer to large schemas, or leave some out with `--exclude`.";
        Some(Finding::error(node, "limit", message).hint(hint))
    }

    fn output(&mut self, node: &'d Node, answer: AnswerDraft, definitions: &Definitions) -> Output {
        let limit = self.options.limits.output_schema_bytes;
        let Bounded {
            schema,
            definitions,
            cut,
        } = by_bytes(answer.schema.schema, definitions, limit);
        if cut {
            let message = format!(
                "The documented answer is larger than {limit} bytes; its deeper parts are published as any value."
            );
            self.warn(node, "output-bounded", message);
        }
        Output {
            schema,
            definitions,
            wrapped: answer.wrapped,
        }
    }
}

namespace Espalier.Cli;

/// <summary>One verb of the program: its options, what it does, and examples for its help.</summary>
internal abstract class Verb : Command
{
    private protected Verb(CliContext context, string name, string description, params IReadOnlyList<string> examples)
        : base(name, description)
    {
        Context = context;
        Examples = examples;
        SetAction(Run);
    }

    /// <summary>Command lines that work, shown by <c>--help</c>.</summary>
    internal IReadOnlyList<string> Examples { get; }

    private protected CliContext Context { get; }

    private protected Terminal Terminal => Context.Terminal;

    /// <summary>Does what the verb says and returns an exit code.</summary>
    private protected abstract int Run(ParseResult parsed);
}

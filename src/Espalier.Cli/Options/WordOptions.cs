namespace Espalier.Cli;

/// <summary>Options that take one of a few words.</summary>
internal static class WordOptions
{
    /// <summary>An option with the first word as its default.</summary>
    internal static Option<string> Create(string name, string description, params string[] words)
    {
        var option = new Option<string>(name)
        {
            Description = description,
            HelpName = string.Join('|', words),
            DefaultValueFactory = _ => words[0],
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && !words.Contains(result.Tokens[0].Value))
            {
                result.AddError($"{name} is {string.Join(" or ", words)}, found '{result.Tokens[0].Value}'");
            }
        });
        return option;
    }
}

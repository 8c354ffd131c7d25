namespace Espalier.Formats;

/// <summary>What travels with a model in one file without being part of it, such as the state of a training. Who reads just the model does not see it.</summary>
/// <param name="Tensors">Tensors, whose names contain a slash, which no parameter's name does: <c>training/step</c>.</param>
/// <param name="Texts">Texts by keys of their own, which contain a slash too.</param>
public sealed record ModelAttachments(StateDict Tensors, IReadOnlyList<KeyValuePair<string, string>> Texts)
{
    private const char Mark = '/';

    /// <summary>Whether a name or key is that of an attachment.</summary>
    public static bool IsName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Contains(Mark);
    }

    /// <summary>The text of that key, or <see langword="null"/>.</summary>
    public string? Text(string key)
    {
        foreach ((string name, string text) in Texts)
        {
            if (name == key)
            {
                return text;
            }
        }

        return null;
    }

    /// <summary>Throws for names that could be a parameter's.</summary>
    internal void RequireNames()
    {
        string? wrong = Tensors.Names.Concat(Texts.Select(text => text.Key)).FirstOrDefault(name => !IsName(name));
        if (wrong is not null)
        {
            throw new ArgumentException($"An attachment's name contains '{Mark}'; '{wrong}' does not.");
        }
    }
}

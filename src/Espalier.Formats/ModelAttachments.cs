namespace Espalier.Formats;

/// <summary>Data stored in a model file beside the model, such as the state of a training run. Readers of only the model ignore it.</summary>
/// <param name="Tensors">Tensors whose names contain a slash, which no parameter's name does, such as <c>training/step</c>.</param>
/// <param name="Texts">Texts by key; the keys contain a slash too.</param>
public sealed record ModelAttachments(StateDict Tensors, IReadOnlyList<KeyValuePair<string, string>> Texts)
{
    private const char Mark = '/';

    /// <summary>Whether a name or key belongs to an attachment, that is, contains a slash.</summary>
    public static bool IsName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Contains(Mark);
    }

    /// <summary>The text stored under a key, or <see langword="null"/> where there is none.</summary>
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

    /// <summary>Throws for names that could be those of parameters.</summary>
    internal void RequireNames()
    {
        string? wrong = Tensors.Names.Concat(Texts.Select(text => text.Key)).FirstOrDefault(name => !IsName(name));
        if (wrong is not null)
        {
            throw new ArgumentException($"An attachment's name must contain '{Mark}'; '{wrong}' does not.");
        }
    }
}

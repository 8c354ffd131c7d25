using Espalier.Data;

namespace Espalier.Cli;

/// <summary>The options that match the classes of data to a model's outputs. All verbs open data with classes through this type, so that they match classes in the same way.</summary>
/// <param name="remedy">A further option to suggest when the classes do not match, or <see langword="null"/>.</param>
internal sealed class ClassOptions(string? remedy = null)
{
    private readonly Option<string?> _labels = LabelsOptions.Create();
    private readonly Option<bool> _relabel = new("--relabel") { Description = "Maps the data's classes to the model's outputs in order, and makes their names its labels. By default classes are matched by name." };
    private readonly Option<bool> _byNumber = new("--by-number") { Description = "Interprets the names of the data's classes as indices of outputs: folder 7 is output 7. By default folders are sorted by name as in ImageFolder, 10 before 2." };

    internal void AddTo(Command command) => command.AddAll(_labels, _relabel, _byNumber);

    /// <summary>The name of the option that determines the classes of the outputs, or <see langword="null"/>.</summary>
    internal string? Given(ParseResult parsed) => Rule(parsed) switch
    {
        ClassRule.Order => _relabel.Name,
        ClassRule.Number => _byNumber.Name,
        _ => parsed.GetValue(_labels) is null ? null : _labels.Name,
    };

    /// <summary>Throws if options about the classes of data are given although there is no data with classes.</summary>
    internal void RequireNone(ParseResult parsed, string data)
    {
        if (Rule(parsed) != ClassRule.Name)
        {
            throw new EspalierException($"{Given(parsed)} requires the classes of {data}; found none");
        }
    }

    /// <summary>The model with the labels of --labels, if given.</summary>
    internal Model Label(ParseResult parsed, Model model) => LabelsOptions.Apply(parsed.GetValue(_labels), model);

    /// <summary>Opens data for evaluation, with its classes matched to the model's outputs. A model without labels gets the data's class names.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="model">The model, with the labels of --labels.</param>
    /// <param name="paths">The paths of the data, which is concatenated.</param>
    /// <param name="terminal">The terminal, for notes about assumptions.</param>
    /// <param name="source">The options for opening the data.</param>
    internal MatchedDataset OpenForEvaluation(ParseResult parsed, ref Model model, IEnumerable<string> paths, Terminal terminal, DataSourceOptions? source = null)
    {
        Model labelled = model;
        MatchedDataset data = Match(parsed, () => ClassMatching.OpenForEvaluation(ref labelled, paths, Rule(parsed), source));
        model = labelled;
        Tell(terminal, data.Note, data.ClassNames);
        return data;
    }

    /// <summary>The training and validation set with their classes matched to the model's outputs. A model without labels gets the data's class names.</summary>
    internal MatchedTrainingData Match(ParseResult parsed, ref Model model, TrainingData data, Terminal terminal)
    {
        Model labelled = model;
        MatchedTrainingData matched = Match(parsed, () => ClassMatching.Match(ref labelled, data, Rule(parsed)));
        model = labelled;
        Tell(terminal, matched.Training.Note, data.Training.Labels);
        Tell(terminal, data.Note, []);
        return matched;
    }

    /// <summary>A second model that is compared with the first. Without labels its outputs are assumed to be the data's classes in order, as for the first.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="second">The second model.</param>
    /// <param name="first">The first model, to whose outputs the data was matched.</param>
    /// <param name="data">The data, or <see langword="null"/> for data without classes.</param>
    /// <param name="terminal">The terminal, for notes about assumptions.</param>
    internal Model LabelSecond(ParseResult parsed, Model second, Model first, MatchedDataset? data, Terminal terminal)
    {
        second = Rule(parsed) != ClassRule.Order && second.Metadata.Labels.Count == 0 ? Label(parsed, second) : second;
        (Model labelled, string? note) = Match(parsed, () => ClassMatching.LabelSecond(second, first, data, Rule(parsed)));
        Tell(terminal, note, data?.ClassNames ?? []);
        return labelled;
    }

    internal ClassRule Rule(ParseResult parsed) => (parsed.GetValue(_relabel), parsed.GetValue(_byNumber)) switch
    {
        (true, true) => throw new EspalierException("--relabel and --by-number exclude each other: give one of them"),
        (true, false) => ClassRule.Order,
        (false, true) => ClassRule.Number,
        _ => ClassRule.Name,
    };

    private T Match<T>(ParseResult parsed, Func<T> match)
    {
        try
        {
            return match();
        }
        catch (ClassMismatchException error) when (Rule(parsed) == ClassRule.Name)
        {
            string other = remedy is null ? "" : $"{remedy}, ";
            throw new EspalierException($"{error.Message}. {other}--labels FILE names the outputs, --relabel maps the data's classes to them in order, --by-number interprets their names as indices of outputs", error);
        }
    }

    private static void Tell(Terminal terminal, string? note, IReadOnlyList<string> names)
    {
        if (note is not null)
        {
            bool sorted = names.Select((name, place) => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number != place).Contains(true);
            terminal.Note(sorted ? $"{note}; --by-number interprets the names as indices of outputs" : note);
        }
    }
}

using System.CommandLine;
using System.Globalization;
using Espalier.Data;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Cli;

/// <summary>The options that say which of a model's outputs the classes of data are. Verbs get data with classes from here and from nowhere else, so that a class is its name in all of them.</summary>
/// <param name="remedy">What else helps where the classes are not the model's, or <see langword="null"/>.</param>
internal sealed class ClassOptions(string? remedy = null)
{
    private readonly Option<string?> _labels = LabelsOption.Create();
    private readonly Option<bool> _relabel = new("--relabel") { Description = "Takes the data's classes, in their order, as the model's outputs, and their names as its labels. Without it classes are matched by name." };
    private readonly Option<bool> _byNumber = new("--by-number") { Description = "Takes the names of the data's classes as the numbers of outputs: folder 7 is output 7. Without it folders are in the order of their names, as ImageFolder has them, 10 before 2." };

    internal void AddTo(Command command)
    {
        command.AddAll(_labels, _relabel, _byNumber);
    }

    /// <summary>The option that says what the outputs are, if one is given.</summary>
    internal string? Given(ParseResult parsed) => Rule(parsed) switch
    {
        ClassRule.Order => _relabel.Name,
        ClassRule.Number => _byNumber.Name,
        _ => parsed.GetValue(_labels) is null ? null : _labels.Name,
    };

    /// <summary>Refuses options about the classes of data where there is no data with classes.</summary>
    internal void RequireNone(ParseResult parsed, string data)
    {
        if (Rule(parsed) != ClassRule.Name)
        {
            throw new EspalierException($"{Given(parsed)} is about the classes of {data}, and there are none");
        }
    }

    /// <summary>The model with the labels of --labels, if that is given.</summary>
    internal Model Label(ParseResult parsed, Model model) => LabelsOption.Apply(parsed.GetValue(_labels), model);

    /// <summary>Data to measure on, with the model's outputs as classes. A model without labels gets the data's.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="model">The model, with the labels of --labels.</param>
    /// <param name="paths">Where the data is; several are joined.</param>
    /// <param name="terminal">Where it is said what was assumed.</param>
    /// <param name="source">How data is opened.</param>
    internal MatchedDataset OpenForEvaluation(ParseResult parsed, ref Model model, IEnumerable<string> paths, Terminal terminal, DataSourceOptions? source = null)
    {
        Model labelled = model;
        MatchedDataset data = Match(parsed, () => ClassMatching.OpenForEvaluation(ref labelled, paths, Rule(parsed), source));
        model = labelled;
        Tell(terminal, data.Note, data.ClassNames);
        return data;
    }

    /// <summary>Both parts of data, with the model's outputs as classes. A model without labels gets the data's.</summary>
    internal MatchedTrainingData Match(ParseResult parsed, ref Model model, TrainingData data, Terminal terminal)
    {
        Model labelled = model;
        MatchedTrainingData matched = Match(parsed, () => ClassMatching.Match(ref labelled, data, Rule(parsed)));
        model = labelled;
        Tell(terminal, matched.Training.Note, data.Training.Labels);
        Tell(terminal, data.Note, []);
        return matched;
    }

    /// <summary>A second model that is compared with the first: where it has no labels, its outputs are the data's classes in their order, as a first one's are.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="second">The second model.</param>
    /// <param name="first">The first, to whose outputs the data was matched.</param>
    /// <param name="data">The data, or <see langword="null"/> where there is none with classes.</param>
    /// <param name="terminal">Where it is said what was assumed.</param>
    internal Model LabelSecond(ParseResult parsed, Model second, Model first, MatchedDataset? data, Terminal terminal)
    {
        second = Rule(parsed) != ClassRule.Order && second.Metadata.Labels.Count == 0 ? Label(parsed, second) : second;
        (Model labelled, string? note) = Match(parsed, () => ClassMatching.LabelSecond(second, first, data, Rule(parsed)));
        Tell(terminal, note, data?.ClassNames ?? []);
        return labelled;
    }

    internal ClassRule Rule(ParseResult parsed) => (parsed.GetValue(_relabel), parsed.GetValue(_byNumber)) switch
    {
        (true, true) => throw new EspalierException("--relabel and --by-number are different ways to match classes: ask for one of them"),
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
            throw new EspalierException($"{error.Message}. {other}--labels FILE names the outputs, --relabel takes the data's classes in their order, --by-number takes their names as numbers of outputs", error);
        }
    }

    private static void Tell(Terminal terminal, string? note, IReadOnlyList<string> names)
    {
        if (note is not null)
        {
            bool sorted = names.Select((name, place) => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number != place).Contains(true);
            terminal.Note(sorted ? $"{note}; --by-number takes the names as numbers of outputs" : note);
        }
    }
}

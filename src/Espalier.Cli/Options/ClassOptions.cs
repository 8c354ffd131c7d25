using System.CommandLine;
using System.Globalization;
using Espalier.Cli.Models;
using Espalier.Cli.Output;
using Espalier.Data;
using Espalier.Data.Datasets;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Cli.Options;

/// <summary>The options that say which of a model's outputs the classes of data are. Verbs get data with classes from here and from nowhere else, so that a class is its name in all of them.</summary>
/// <param name="remedy">What else helps where the classes are not the model's, or <see langword="null"/>.</param>
internal sealed class ClassOptions(string? remedy = null)
{
    private readonly Option<string?> _labels = LabelsFile.Option();
    private readonly Option<bool> _relabel = new("--relabel") { Description = "Takes the data's classes, in their order, as the model's outputs, and their names as its labels. Without it classes are matched by name." };
    private readonly Option<bool> _byNumber = new("--by-number") { Description = "Takes the names of the data's classes as the numbers of outputs: folder 7 is output 7. Without it folders are in the order of their names, as ImageFolder has them, 10 before 2." };

    internal void AddTo(Command command)
    {
        command.Options.Add(_labels);
        command.Options.Add(_relabel);
        command.Options.Add(_byNumber);
    }

    /// <summary>Whether the command line says what the outputs are.</summary>
    internal bool IsAsked(ParseResult parsed) => Rule(parsed) != ClassRule.Name || parsed.GetValue(_labels) is not null;

    /// <summary>Whether the data's names take the places of the labels.</summary>
    internal bool Relabels(ParseResult parsed) => parsed.GetValue(_relabel);

    /// <summary>The model with the labels of --labels, if that is given.</summary>
    internal Model Label(ParseResult parsed, Model model) => LabelsFile.Apply(parsed.GetValue(_labels), model);

    /// <summary>Data to measure on, with the model's outputs as classes. A model without labels gets the data's.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="model">The model, with the labels of --labels.</param>
    /// <param name="paths">Where the data is; several are joined.</param>
    /// <param name="terminal">Where it is said what was assumed.</param>
    /// <param name="source">How data is opened.</param>
    internal MatchedDataset OpenForEvaluation(ParseResult parsed, ref Model model, IEnumerable<string> paths, Terminal terminal, DataSourceOptions? source = null)
    {
        OutputClasses outputs = OutputClasses.Of(model);
        IDataset[] parts = [.. paths.Select(path => DataSource.OpenForEvaluation(path, source))];
        MatchedDataset data = Match(parsed, () => MatchedDataset.Join(outputs, parts, Rule(parsed)));
        model = Named(model, data.Outputs);
        Tell(terminal, data, parts[0]);
        return data;
    }

    /// <summary>Both parts of data, with the model's outputs as classes. A model without labels gets the data's.</summary>
    internal MatchedTrainingData Match(ParseResult parsed, ref Model model, TrainingData data, Terminal terminal)
    {
        OutputClasses outputs = OutputClasses.Of(model);
        MatchedDataset training = Match(parsed, () => outputs.Match(data.Training, Rule(parsed)));
        MatchedDataset validation = outputs.Match(data.Validation, Rule(parsed)); // has the classes of the other part
        model = Named(model, training.Outputs);
        Tell(terminal, training, data.Training);
        if (data.Validation is MatchedDataset { Note: string note })
        {
            terminal.Note($"images to measure on: {note}");
        }

        return new MatchedTrainingData(training, validation);
    }

    private ClassRule Rule(ParseResult parsed) => (parsed.GetValue(_relabel), parsed.GetValue(_byNumber)) switch
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

    private static void Tell(Terminal terminal, MatchedDataset matched, IDataset data)
    {
        if (matched.Note is string note)
        {
            bool sorted = data.Labels.Select((name, place) => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number != place).Contains(true);
            terminal.Note(sorted ? $"{note}; --by-number takes the names as numbers of outputs" : note);
        }
    }

    private static Model Named(Model model, OutputClasses outputs) => model.With(model.Metadata with { Labels = ValueList.From(outputs.Labels) });
}

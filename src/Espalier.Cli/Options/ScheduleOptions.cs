using Espalier.Training;

namespace Espalier.Cli;

/// <summary>The options for the learning rate schedule.</summary>
internal sealed class ScheduleOptions
{
    private const string Forms = "constant, cosine, one-cycle, one-cycle:fixed-momentum, step:EPOCHS or milestones:EPOCH,EPOCH,…";

    private readonly Option<string> _schedule = new("--schedule")
    {
        Description = $"The learning rate schedule: {Forms}. step and milestones multiply by --gamma.",
        HelpName = "FORM",
        CompletionSources = { "constant", "cosine", "one-cycle", "step:", "milestones:" },
        DefaultValueFactory = _ => "cosine",
    };

    private readonly Option<double> _gamma = DecimalOptions.Create("--gamma", "The factor of the learning rate at each step or milestone.", 0, 1, 0.1);
    private readonly Option<double> _warmUp = DecimalOptions.Create("--warmup", "Epochs of linear warmup at the start.", 0, double.PositiveInfinity, 0, "EPOCHS");

    internal void AddTo(Command command) => command.AddAll(_schedule, _gamma, _warmUp);

    internal Schedule Read(ParseResult parsed)
    {
        Schedule schedule = Parse(parsed.GetValue(_schedule)!, parsed.GetValue(_gamma));
        if (schedule is not (StepSchedule or MultiStepSchedule) && parsed.GetResult(_gamma) is { Implicit: false })
        {
            throw new EspalierException($"--gamma is for --schedule step and milestones, found '{parsed.GetValue(_schedule)}'");
        }

        double warmUp = parsed.GetValue(_warmUp);
        return warmUp > 0 ? new WarmUpSchedule(schedule, warmUp) : schedule;
    }

    private static Schedule Parse(string text, double gamma)
    {
        string[] parts = text.Split(':', 2);
        return (parts[0], parts.Length) switch
        {
            ("constant", 1) => new ConstantSchedule(),
            ("cosine", 1) => new CosineSchedule(),
            ("one-cycle", 1) => new OneCycleSchedule(),
            ("one-cycle", 2) when parts[1] == "fixed-momentum" => new OneCycleSchedule { CyclesMomentum = false },
            ("step", 2) => new StepSchedule(Epoch(parts[1], text), gamma),
            ("milestones", 2) => new MultiStepSchedule(ValueList.From(parts[1].Split(',').Select(part => Epoch(part, text))), gamma),
            _ => throw Wrong(text),
        };
    }

    private static int Epoch(string text, string whole) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int epoch) && epoch > 0 ? epoch : throw Wrong(whole);

    private static EspalierException Wrong(string text) => new($"--schedule is {Forms}, found '{text}'");
}

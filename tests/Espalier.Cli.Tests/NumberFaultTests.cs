using System.CommandLine;

namespace Espalier.Cli.Tests;

/// <summary>Numbers in options, and what help says of them.</summary>
public sealed class NumberFaultTests
{
    private static readonly string[] s_numbers = ["NaN", "Infinity", "-Infinity", "∞"];

    [Theory(DisplayName = "Faults: prune --amount NaN")]
    [InlineData("--amount")]
    [InlineData("--target-sparsity")]
    [InlineData("--channels --target-macs")]
    [InlineData("--channels --target-params")]
    [InlineData("--channels --target-bytes")]
    [InlineData("--channels --target-latency")]
    public void Targets_that_are_no_numbers_are_refused(string options)
    {
        foreach (string number in (string[])[.. s_numbers, "NaN%", "Infinityms", "NaNk"])
        {
            Assert.NotEmpty(CliRun.Of(["prune", "cifar_resnet8", .. options.Split(' '), number, "--dry-run"]).UserError());
        }
    }

    [Fact(DisplayName = "Faults: numeric options of all verbs refuse NaN and infinity")]
    public void No_option_takes_what_is_no_number()
    {
        RootCommand root = Root.Create(new CliContext(Terminal(), TestContext.Current.CancellationToken));
        int tried = 0;
        foreach (Command verb in root.Subcommands)
        {
            foreach (Option option in verb.Options.Where(option => option.ValueType == typeof(double) || option.ValueType == typeof(int) || option.ValueType == typeof(ulong)))
            {
                foreach (string number in s_numbers)
                {
                    tried++;
                    Assert.True(root.Parse([verb.Name, option.Name, number]).Errors.Any(error => error.Message.Contains(option.Name, StringComparison.Ordinal) || error.Message.Contains(number, StringComparison.Ordinal)), $"{verb.Name} {option.Name} {number}");
                }
            }
        }

        Assert.True(tried > 100, $"{tried} options");
    }

    [Theory(DisplayName = "Faults: finetune --lr help says what it is")]
    [InlineData("train", "0.1 for sgd and 0.001 for adamw")]
    [InlineData("finetune", "0.01 for sgd and 0.0001 for adamw")]
    [InlineData("prune", "0.01 for sgd and 0.0001 for adamw")]
    public void Help_names_the_learning_rate_that_is_used(string verb, string rates) => Assert.Contains(rates, CliRun.Of(verb, "--help").Out.ReplaceLineEndings(" "), StringComparison.Ordinal);

    [Fact(DisplayName = "Faults: --unreadable names a default that it refuses")]
    public void Defaults_that_help_names_are_accepted()
    {
        RootCommand root = Root.Create(new CliContext(Terminal(), TestContext.Current.CancellationToken));
        foreach (Command verb in root.Subcommands)
        {
            foreach (Option option in verb.Options.Where(option => option.HasDefaultValue && option.ValueType != typeof(bool)))
            {
                string text = Convert.ToString(option.GetDefaultValue(), System.Globalization.CultureInfo.InvariantCulture) ?? "";
                if (text.Length > 0 && !option.ValueType.IsArray)
                {
                    Assert.DoesNotContain(root.Parse([verb.Name, option.Name, text]).Errors, error => error.Message.Contains(option.Name, StringComparison.Ordinal));
                }
            }

            Assert.DoesNotContain("[default: Replace]", CliRun.Of(verb.Name, "--help").Out, StringComparison.Ordinal);
        }
    }

    private static Terminal Terminal() => new(TextWriter.Null, TextWriter.Null);
}

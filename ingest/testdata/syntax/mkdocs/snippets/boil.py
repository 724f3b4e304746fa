import kettle

# --8<-- [start:heat]
def heat():
    return 95
# --8<-- [end:heat]
